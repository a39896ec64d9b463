// Helping: tickets, alarms, service windows, and what the public is told.
import type { Pages } from '../../pages';
import { AlarmView } from './Alarm';
import { Alarms } from './AlarmList';
import { DisturbanceView, NewDisturbance } from './Disturbance';
import { Disturbances } from './DisturbanceList';
import { NewTicket } from './NewTicket';
import { TicketPage } from './Ticket';
import { Queue } from './Queue';
import { Windows } from './WindowPage';

export const support: Pages = [
	['/arenden', Queue],
	['/arenden/ny', NewTicket],
	['/arenden/:id', TicketPage],
	['/larm', Alarms],
	['/larm/:id', AlarmView],
	['/servicefonster', Windows],
	['/storningar', Disturbances],
	['/storningar/ny', NewDisturbance],
	['/storningar/:id', DisturbanceView],
];
