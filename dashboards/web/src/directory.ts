// Names: municipalities, services, and the words that the agreement uses. Asked for once, and again when an agreement has come.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Me, Stamped } from './api';

export interface Municipality {
	code: string;
	name: string;
	column: number | null;
	row: number | null;
	member: boolean;
}
export interface Service {
	id: string;
	name: string;
	component: boolean;
	channels: { id: string; name: string }[];
}
export interface Directory extends Stamped {
	municipalities: Municipality[];
	services: Service[];
	priorities: string[];
	cause_parties: string[];
	pending_reasons: string[];
	statuses: string[];
	ticket_types: string[];
	ticket_channels: string[];
	agreement: { name: string; version: string } | null;
	zone: string;
	purpose: string;
	version: string;
}

export interface World {
	me: Me;
	directory: Directory;
}
export const WorldContext = createContext<World>(null as unknown as World);

export function useWorld(): World {
	return useContext(WorldContext);
}

/** A right of API's GET /me: "work", "correct", "finance" ... */
export function may(me: Me, right: string): boolean {
	return me.rights.includes(right);
}

export function municipalityName(directory: Directory, code: string | null): string {
	return directory.municipalities.find((m) => m.code === code)?.name ?? code ?? '–';
}
export function serviceName(directory: Directory, id: string | null): string {
	return directory.services.find((s) => s.id === id)?.name ?? id ?? '–';
}
/** "Uddevalla, Skövde och 3 till"; none = all. */
export function municipalityNames(directory: Directory, codes: readonly string[], all: string, more: (n: number) => string, most = 3): string {
	if (codes.length === 0) return all;
	const names = codes.map((code) => municipalityName(directory, code)).sort((a, b) => a.localeCompare(b, 'sv'));
	return names.length <= most ? names.join(', ') : `${names.slice(0, most - 1).join(', ')} ${more(names.length - most + 1)}`;
}
