// What the API says of alarms and of what they propose.
import type { Stamped } from '../../api';

export interface Alarm {
	id: string;
	resource: string;
	type: string;
	qualifier: string;
	severity: string;
	worst: string;
	category: string;
	transient: boolean;
	service: string | null;
	municipalities: string[];
	sources: string[];
	text: string;
	rule: string | null;
	raised: string;
	received: string;
	last: string;
	cleared: string | null;
	ended: string | null;
	count: number;
	operator: string;
	actor: string | null;
	reason: string | null;
	operator_at: string | null;
	until: string | null;
	active: boolean;
	hidden: string;
	hidden_by: string | null;
	hidden_until: string | null;
	flapping: boolean;
	false_alarm: boolean;
	previous: string | null;
	merged_into: string | null;
	ticket: string | null;
}

export interface AlarmWhole extends Alarm, Stamped {
	history: { at: string; severity: string | null; operator: string | null; actor: string; text: string; until: string | null; seq: number }[];
	proposals: string[];
}

export interface Group {
	group: string;
	worst: string;
	alarms: number;
	notices: number;
	last: string;
	newest: { id: string; type: string; text: string; resource: string; raised: string };
}

export interface AlarmPage extends Stamped {
	alarms?: Alarm[];
	next?: number | null;
	groups?: Group[];
	left_out?: number;
}

export interface Proposal {
	id: string;
	kind: 'outage' | 'major_incident';
	service: string;
	municipalities: string[];
	alarms: string[];
	alarm_count: number;
	from: string;
	to: string | null;
	state: string;
}

export const SEVERITIES = ['critical', 'major', 'minor', 'warning', 'indeterminate'] as const;

const GLYPHS: Record<string, string> = { critical: '✕', major: '▲', minor: '△', warning: '!', indeterminate: '?', cleared: '✓' };

export function severityGlyph(severity: string): string {
	return GLYPHS[severity] ?? '?';
}
