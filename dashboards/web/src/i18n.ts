// Words. Swedish is the default; English lies under /en. Both come from one pair of files whose keys are types here, so a text that is
// missing does not compile. "{n} ärende|{n} ärenden": the first form is for one.
import en from '../i18n/en.json';
import sv from '../i18n/sv.json';

export type Language = 'sv' | 'en';
export type Word = keyof typeof sv;
export type Values = Record<string, string | number>;

const texts: Record<Language, Record<Word, string>> = { sv, en };

export let language: Language = 'sv';

export function setLanguage(chosen: Language): void {
	language = chosen;
	document.documentElement.lang = chosen;
}

export function fill(text: string, values: Values = {}): string {
	const forms = text.split('|');
	const form = forms.length > 1 && values.n !== 1 ? forms[1] : forms[0];
	return (form ?? text).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
}

export function t(word: Word, values?: Values): string {
	return fill(texts[language][word], values);
}

/** A word for one of the API's own: `choice('status', 'in_progress')`. What is not known is shown as it is. */
export function choice(group: string, value: string | null | undefined): string {
	if (value === null || value === undefined || value === '') return '–';
	const word = `${group}.${value}` as Word;
	return texts[language][word] ?? value;
}
