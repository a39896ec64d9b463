// Whom to call: rows of the register of contacts that hold now, the lowest step of the escalation first.
import type { Stamped } from '../../api';
import type { Contact } from './answers';

export interface Register extends Stamped {
	rows: { key: string; municipality: string; valid_from: string | null; valid_to: string | null; value: Record<string, unknown> | null }[];
}

const text = (value: unknown) => typeof value === 'string' || typeof value === 'number' ? String(value) : null;

export interface Callee extends Contact {
	municipality?: string;
}

/** Of these municipalities, and of those that belong to nobody in particular. */
export function contactsOf(rows: Register['rows'], municipalities: readonly string[], at: number): Callee[] {
	return rows
		.filter((row) => (row.municipality === '' || municipalities.includes(row.municipality))
			&& (row.valid_from === null || Date.parse(row.valid_from) <= at) && (row.valid_to === null || at < Date.parse(row.valid_to)))
		.map(({ key, municipality, value }) => ({
			key, municipality, level: text(value?.level) === null ? null : Number(value?.level),
			role: text(value?.role), name: text(value?.name), phone: text(value?.phone), mail: text(value?.mail), hours: text(value?.hours),
		}));
}

/** The lowest step of the escalation first. */
export function inOrder(contacts: readonly Callee[]): Callee[] {
	return [...contacts].sort((a, b) => (a.level ?? 99) - (b.level ?? 99) || called(a).localeCompare(called(b), 'sv'));
}

export function called({ role, name, key }: Callee): string {
	return [role, name].filter(Boolean).join(', ') || key;
}
