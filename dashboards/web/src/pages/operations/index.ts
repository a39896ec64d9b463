// Watching: what is wrong, where, since when.
import type { Pages } from '../../pages';
import { Health } from './Health';
import { Matrix } from './Matrix';
import { Municipality } from './Municipality';
import { NewOutage } from './NewOutage';
import { Outage } from './Outage';
import { Outages } from './Outages';
import { Wall } from './Wall';

export const operations: Pages = [
	['/vagg', Wall],
	['/matris', Matrix],
	['/avbrott', Outages],
	['/avbrott/ny', NewOutage],
	['/avbrott/:id', Outage],
	['/kommun/:code', Municipality],
	['/drift', Health],
];
