// Whom to call: rows of the register of contacts that hold now, the lowest step of the escalation first.
import type { Stamped } from '../../api';
import type { Contact } from './answers';

export interface Register extends Stamped {
	rows: { key: string; municipality: string; valid_from: string | null; valid_to: string | null; value: Record<string, unknown> | null }[];
}

const text = (value: unknown) => typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** Of these municipalities (none = all) and of those that belong to nobody in particular. */
export function contactsOf(rows: Register['rows'], municipalities: readonly string[], at: number): (Contact & { municipality: string })[] {
	return rows
		.filter((row) => (row.municipality === '' || municipalities.includes(row.municipality))
			&& (row.valid_from === null || Date.parse(row.valid_from) <= at) && (row.valid_to === null || at < Date.parse(row.valid_to)))
		.map(({ key, municipality, value }) => ({
			municipality, level: text(value?.level) === '' ? null : Number(value?.level), name: [text(value?.role), text(value?.name)].filter(Boolean).join(', ') || key,
			phone: text(value?.phone), mail: text(value?.mail), hours: text(value?.hours),
		}))
		.sort((a, b) => (a.level ?? 99) - (b.level ?? 99) || a.name.localeCompare(b.name, 'sv'));
}
