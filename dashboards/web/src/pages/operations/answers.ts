// What the API answers to the pages of this folder.
import type { Stamped } from '../../api';
import type { Cell } from '../../parts/small';
import type { State } from '../../state';

export interface MatrixCell {
	service: string;
	municipality: string;
	state: State;
	since: string | null;
	measured: string;
	pending: boolean;
	window: string | null;
	cause: string | null;
	record: string | null;
}
export interface Matrix extends Stamped {
	services: { id: string; name: string; component: boolean; counts: Record<State, number> }[];
	cells: MatrixCell[];
}

/** A piece of `GET /availability/timeline`. */
export interface Piece {
	from: string;
	to: string;
	seconds: number;
	state: string;
	cause: string;
	record: string | null;
	pending: boolean;
}
export interface Timeline extends Stamped {
	month: string;
	from: string;
	to: string;
	pieces: Piece[];
}

/** What was measured as down, as `GET /outages` has it. */
export interface Measured {
	service: string;
	/** One way in to it; none: the service as a whole. */
	channel?: string | null;
	municipality: string;
	from: string;
	to: string;
	length_s: number;
	counted_s: number;
	running: boolean;
	provisional: boolean;
	cause: string;
	record: string | null;
}
export interface OutageRecord {
	id: string;
	effect: string;
	service: string;
	channel: string;
	municipalities: string[];
	from: string;
	to: string | null;
	cause: string;
	reason: string;
	author: string;
	approved_by: string;
	waits: boolean;
	withdrawn: boolean;
}
export interface Outages extends Stamped {
	month: string;
	outages: Measured[];
	records: OutageRecord[];
}

export interface Ticket {
	id: string;
	refs: { system?: string; ref: string }[];
	title?: string | null;
	municipality: string | null;
	status: string;
	pending_reason: string | null;
	line: number | null;
	resolution: { state: string; remaining_s: number | null; due: string | null };
}
/** What a probe said for a while. */
export interface Run {
	source: string;
	probe: string;
	state: string;
	first: string;
	last: string;
	samples: number;
}
export interface OutageDetail extends OutageRecord, Stamped {
	seen: Measured[];
	probes: Run[];
	alarms: { id: string; severity: string; resource: string; text: string; raised: string; cleared: string | null }[];
	tickets: { id: string; status: string; open: boolean; municipality: string | null }[];
	disturbances: Pick<Disturbance, 'id' | 'state' | 'title' | 'published'>[];
	windows: Window[];
	counted_s: number;
	why: string;
	/** There is more than the lists hold. */
	cut: boolean;
}

export interface Disturbance {
	id: string;
	state: string;
	published: string | null;
	services: string[];
	municipalities: string[];
	title: string;
	text: string;
	advice: string;
	next_update: string | null;
	overdue: boolean;
}
export interface Window {
	id: string;
	name: string;
	services: string[];
	municipalities: string[];
	from: string;
	to: string;
	withdrawn?: boolean;
}
/** As the register of contacts has it; who reads it in decides which columns there are. */
export interface Contact {
	key: string;
	level: number | null;
	role: string | null;
	name: string | null;
	phone: string | null;
	mail: string | null;
	hours: string | null;
}
export interface MunicipalityView extends Stamped {
	code: string;
	name: string;
	live_from: string | null;
	state: State;
	services: { id: string; name: string; state: State; since: string | null; channels: { id: string; name: string; state: State }[]; month: Cell | null }[];
	/** Of the service that is worst off. */
	month: (Cell & { month: string; service: string }) | null;
	days: { day: string; down_s: number; degraded_s: number; unknown_s: number; maint_s: number; agreed_s: number }[];
	disturbances: Disturbance[];
	windows: Window[];
	contacts: Contact[];
	tickets: { open: number; over: number; soon: number };
	users: number | null;
}
