// Small things that every page uses: a state, an instant, a countdown, a number that leads to its evidence.
import type { ComponentChildren } from 'preact';
import { t, type Word } from '../i18n';
import { percent } from '../numbers';
import { A } from '../router';
import { GLYPH, type State } from '../state';
import { clock, day, duration, moment, now } from '../time';
import { useSecond } from '../use';

export function StateMark({ state, children }: { state: State; children?: ComponentChildren }) {
	return <span class={`state ${state}`}><span class="glyph" aria-hidden="true">{GLYPH[state]}</span> {children ?? t(`state.${state}`)}</span>;
}

/** An instant of the API. `as`: "moment" says as much as is needed, "clock" the time alone, "day" the day. */
export function At({ at, as = 'moment', none = '–' }: { at: string | null | undefined; as?: 'moment' | 'clock' | 'day'; none?: string }) {
	if (!at) return <>{none}</>;
	const ms = Date.parse(at);
	return <time dateTime={at}>{as === 'clock' ? clock(ms) : as === 'day' ? day(ms) : moment(ms)}</time>;
}

/** From one instant to another: the day is said once when it is the same. */
export function Span({ from, to }: { from: string; to: string | null }) {
	const same = to !== null && day(Date.parse(from)) === day(Date.parse(to));
	return <><At at={from} />{'–'}{to === null ? t('span.goes_on') : <>{!same && <><At at={to} as="day" />{' '}</>}<At at={to} as="clock" /></>}</>;
}

/** How long it has been, counted up. Not live for screen readers: a clock that speaks each second says nothing. */
export function Since({ at }: { at: string }) {
	useSecond();
	return <span>{duration((now() - Date.parse(at)) / 1000)}</span>;
}

/** A KPI or availability cell as the API has it. */
export interface Cell {
	value_ppm: number | null;
	target_ppm: number | null;
	verdict: string;
	num_s?: number;
	den_s?: number;
	excluded_s?: number;
	unknown_s?: number;
	coverage_ppm?: number;
	budget_s?: number;
	budget_left_s?: number;
	rule?: string;
}

export const VERDICT_GLYPH: Record<string, string> = { met: '✓', missed: '✕', insufficient: '?', not_applicable: '–', no_target: '–' };

export function Verdict({ of }: { of: string }) {
	return <span class={`verdict ${of}`}><span aria-hidden="true">{VERDICT_GLYPH[of] ?? '–'}</span> {t(`verdict.${of}` as Word)}</span>;
}

/** A figure with its verdict and target; it leads to its evidence. */
export function Figure({ cell, to, decimals = 2 }: { cell: Cell; to?: string; decimals?: number }) {
	const text = <>{percent(cell.value_ppm, decimals)} <span class={`verdict ${cell.verdict}`}><span aria-hidden="true">{VERDICT_GLYPH[cell.verdict] ?? ''}</span>
		<span class="unseen"> {t(`verdict.${cell.verdict}` as Word)}</span></span></>;
	return to ? <A to={to} class="figure">{text}</A> : <span class="figure">{text}</span>;
}
