// What `GET /overview` answers.
import type { Stamped } from '../../api';
import type { Cell } from '../../parts/small';
import type { State } from '../../state';

export interface Ongoing {
	state: State;
	services: string[];
	municipalities: string[];
	since: string | null;
	until: string | null;
	outage: string | null;
	ticket: string | null;
	disturbance: string | null;
	overdue: boolean;
}

export interface Overview extends Stamped {
	headline: { state: State; municipalities: number; services: string[]; since: string | null; last_outage_end: string | null };
	counts: Record<State, number>;
	municipalities: { code: string; state: State; since: string | null; handled: string | null; down: number; degraded: number; unknown: number; maint: number; ok: number }[];
	ongoing: Ongoing[];
	left_out: number;
	tickets: { open: number; over: number; soon: number };
	availability: (Cell & { month: string; evidence: string }) | null;
	next_window: { id: string; name: string; services: string[]; municipalities: string[]; from: string; to: string } | null;
	waiting: number;
	measuring: { last: string | null; stale: boolean };
}
