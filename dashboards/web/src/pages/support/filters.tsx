// Filters whose choice stands in the address. A new choice begins at the list's first page.
import { useRef } from 'preact/hooks';
import { useWorld } from '../../directory';
import { t } from '../../i18n';
import { Input, Select } from '../../parts/Form';
import { here, narrow } from '../../router';
import type { Asked } from '../../use';

const TYPING_MS = 300;

export type Options = readonly (readonly [value: string, text: string])[];

export function Pick({ name, label, options }: { name: string; label: string; options: Options }) {
	return <Select name={name} label={label} options={options} value={here().query.get(name) ?? ''} onInput={(value) => narrow({ [name]: value, fran: '' })} />;
}

export function Search({ name, label }: { name: string; label: string }) {
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	return <Input name={name} label={label} type="search" maxLength={80} value={here().query.get(name) ?? ''} onInput={(value) => {
		clearTimeout(timer.current);
		timer.current = setTimeout(() => narrow({ [name]: value.trim(), fran: '' }), TYPING_MS);
	}} />;
}

export function PickMunicipality() {
	const { me, directory } = useWorld();
	if (me.municipality !== null) return null;
	return <Pick name="kommun" label={t('municipality')} options={[['', t('municipalities.all')], ...municipalityOptions(directory.municipalities)]} />;
}

export function municipalityOptions(all: readonly { code: string; name: string; member: boolean }[]): [string, string][] {
	return all.filter((m) => m.member).map(({ code, name }): [string, string] => [code, name]).sort((a, b) => a[1].localeCompare(b[1], 'sv'));
}

export function PickService() {
	const { directory } = useWorld();
	return <Pick name="tjanst" label={t('service')} options={[['', t('services.all')], ...directory.services.map(({ id, name }): [string, string] => [id, name])]} />;
}

/** "/alarms?service=a&limit=100" of the members that say something. */
export function question(path: string, values: Record<string, string | null | undefined>): string {
	const asked = new URLSearchParams();
	for (const [name, value] of Object.entries(values)) if (value) asked.set(name, value);
	const text = asked.toString();
	return text ? `${path}?${text}` : path;
}

/** Keeps what was shown while the answer to a new filter is under way. */
export function useKept<T>(asked: Asked<T>): Asked<T> {
	const kept = useRef<T | null>(null);
	if (asked.data !== null) kept.current = asked.data;
	return asked.data === null && asked.problem === null ? { ...asked, data: kept.current } : asked;
}

/** Pages of a list: the next one's cursor stands in the address. */
export function Pager({ next }: { next: string | number | null | undefined }) {
	const first = here().query.has('fran');
	if (!first && (next === null || next === undefined)) return null;
	return <p class="buttons">
		{first && <button type="button" onClick={() => narrow({ fran: '' })}>{t('list.first')}</button>}
		{next !== null && next !== undefined && <button type="button" onClick={() => narrow({ fran: String(next) })}>{t('list.next')}</button>}
	</p>;
}
