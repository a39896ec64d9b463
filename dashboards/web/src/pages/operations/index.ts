// Watching: what is wrong, where, since when.
import type { Pages } from '../../pages';
import { Wall } from './Wall';

export const operations: Pages = [
	['/vagg', Wall],
];
