// Words. Swedish is the default; English lies under /en. Both come from one pair of files whose keys are types here, so a text that is
// missing does not compile. They are data beside the script, since a page needs those of one language alone. "{n} ärende|{n} ärenden":
// the first form is for one.
import type sv from '../i18n/sv.json';

export type Language = 'sv' | 'en';
export type Word = keyof typeof sv;
export type Values = Record<string, string | number>;

export type Words = Record<Word, string>;

export let language: Language = 'sv';
let texts = {} as Words;

export function speak(chosen: Language, words: Words): void {
	language = chosen;
	texts = words;
}

export function fill(text: string, values: Values = {}): string {
	const forms = text.split('|');
	const form = forms.length > 1 && values.n !== 1 ? forms[1] : forms[0];
	return (form ?? text).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
}

export function t(word: Word, values?: Values): string {
	return fill(texts[word], values);
}

/** A word for one of the API's own: `choice('status', 'in_progress')`. What is not known is shown as it is. */
export function choice(group: string, value: string | null | undefined): string {
	if (value === null || value === undefined || value === '') return '–';
	const word = `${group}.${value}` as Word;
	return texts[word] ?? value;
}
