// Helping: tickets, alarms, service windows, and what the public is told.
import type { Pages } from '../../pages';

export const support: Pages = [];
