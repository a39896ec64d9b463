// What is told to those who use the services: its shape, and texts to begin with in both languages. The templates are content, not words of
// the page: a message in Swedish has its English beside it whatever language its writer reads.
import type { Stamped } from '../../api';
import type { State } from '../../state';

export interface Told {
	title: string;
	text: string;
	advice: string;
	title_en: string;
	text_en: string;
	advice_en: string;
}

export interface Content extends Told {
	kind: 'disturbance' | 'planned';
	services: string[];
	municipalities: string[];
	started: string;
	next_update: string | null;
	outage: string | null;
}

export interface Message extends Told {
	seq: number;
	at: string;
	next_update: string | null;
	closing?: boolean;
	author: string;
}

export interface Disturbance extends Content, Stamped {
	id: string;
	state: 'draft' | 'published' | 'closed';
	ended: string | null;
	overdue: boolean;
	author: string;
	created: string;
	published: string | null;
	updated: string | null;
	closed: string | null;
	messages: Message[];
}

export type Template = 'down' | 'degraded' | 'planned' | 'solved';
export const TEMPLATES: readonly Template[] = ['down', 'degraded', 'planned', 'solved'];

const TOLD: Record<Template, Told> = {
	down: {
		title: 'Avbrott: {services}', title_en: 'Outage: {services}',
		text: '{services} går inte att använda.\nVi arbetar med att hitta felet.', text_en: '{services} cannot be used.\nWe are working to find the fault.',
		advice: 'Använd er reservrutin.', advice_en: 'Use your fallback routine.',
	},
	degraded: {
		title: 'Störning: {services}', title_en: 'Disturbance: {services}',
		text: '{services} fungerar sämre än vanligt.\nVi arbetar med att hitta felet.', text_en: '{services} works worse than usual.\nWe are working to find the fault.',
		advice: 'Försök igen efter en stund. Hjälper inte det: använd er reservrutin.', advice_en: 'Try again after a while. If that does not help, use your fallback routine.',
	},
	planned: {
		title: 'Planerat arbete: {services}', title_en: 'Planned work: {services}',
		text: '{services} kan inte användas medan arbetet pågår.', text_en: '{services} cannot be used during the work.',
		advice: 'Gör klart det som brådskar innan arbetet börjar.', advice_en: 'Finish what is urgent before the work begins.',
	},
	solved: {
		title: 'Löst: {services}', title_en: 'Solved: {services}',
		text: '{services} fungerar igen.', text_en: '{services} works again.',
		advice: '', advice_en: '',
	},
};

export function told(template: Template, services: string): Told {
	const filled = { ...TOLD[template] };
	for (const name of Object.keys(filled) as (keyof Told)[]) filled[name] = filled[name].replaceAll('{services}', services);
	return filled;
}

/** As the public page shows it. */
export function stateOf(of: { kind: string; state: string }): State {
	return of.state === 'closed' ? 'ok' : of.kind === 'planned' ? 'maint' : 'degraded';
}

const HOUR_MS = 3_600_000, QUARTER_MS = 900_000;

/** An hour ahead, on a whole quarter. */
export function promiseAt(at: number): number {
	return Math.ceil((at + HOUR_MS) / QUARTER_MS) * QUARTER_MS;
}

/** Paragraphs and the lines in them. */
export function paragraphs(text: string): string[][] {
	return text.replaceAll('\r', '').split(/\n{2,}/).filter((part) => part.trim()).map((part) => part.split('\n').filter((line) => line.trim()));
}
