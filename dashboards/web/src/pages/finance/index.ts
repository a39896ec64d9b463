// Settling: reports and their evidence, the fee basis, what takes two persons, and registers.
import type { Pages } from '../../pages';
import { Evidence } from './Evidence';
import { FeeMonth } from './FeeMonth';
import { Fees } from './Fees';
import { Quarantine } from './Quarantine';
import { Registers } from './Registers';
import { Report } from './Report';
import { Reports } from './Reports';
import { Statement } from './Statement';
import { Waiting } from './Waiting';

export const finance: Pages = [
	['/rapporter', Reports],
	['/rapporter/:month', Report],
	['/rapporter/:month/kpi/:kpi/:code', Evidence],
	['/avgifter', Fees],
	['/avgifter/:month', FeeMonth],
	['/avgifter/:month/:code', Statement],
	['/vantar', Waiting],
	['/register', Registers],
	['/karantan', Quarantine],
];
