// Settling: reports and their evidence, the fee basis, what takes two persons, and registers.
import type { Pages } from '../../pages';

export const finance: Pages = [];
