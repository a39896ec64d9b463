// Months: which there are to look at, the way from one to the next, and how far one has come.
import { t } from '../../i18n';
import { A, go } from '../../router';
import { monthName, monthOf, now } from '../../time';
import { useGet } from '../../use';
import { At } from '../../parts/small';
import { standing, type Standing, type Statements } from './fee';

const RECENT = 6;

export function shift(month: string, by: number): string {
	const [y, m] = month.split('-').map(Number) as [number, number];
	return new Date(Date.UTC(y, m - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The newest months, and those that something was made of, the newest first. */
export function monthsOf(made: readonly string[], newest: string): string[] {
	return [...new Set([...Array.from({ length: RECENT }, (_, i) => shift(newest, -i)), ...made])].sort().reverse();
}

export function thisMonth(): string {
	return monthOf(now());
}

export function MonthNav({ base, month, rest = '' }: { base: string; month: string; rest?: string }) {
	const before = shift(month, -1), after = shift(month, 1);
	return <nav class="months" aria-label={t('f.month')}>
		<A to={`${base}/${before}${rest}`}>‹ {monthName(before)}</A>{' '}
		{after <= thisMonth() && <A to={`${base}/${after}${rest}`}>{monthName(after)} ›</A>}
	</nav>;
}

/** Opens any month, also one that no list names. */
export function MonthField({ base }: { base: string }) {
	return <form class="filters" onSubmit={(event) => {
		event.preventDefault();
		const month = String(new FormData(event.currentTarget as HTMLFormElement).get('month'));
		if (/^\d{4}-\d\d$/.test(month)) go(`${base}/${month}`);
	}}>
		<div class="field"><label for="month">{t('f.another_month')}</label><input id="month" name="month" type="month" required pattern="\d{4}-\d{2}" max={thisMonth()} placeholder="2026-10" /></div>
		<button type="submit">{t('f.show')}</button>
	</form>;
}

export function StandingMark({ of }: { of: Standing }) {
	if (of.of === 0) return <span class="muted">{t('f.no_members')}</span>;
	if (of.state === 'closed') return <span class="verdict met"><span aria-hidden="true">✓</span> {t('f.closed')} <At at={of.at} as="day" /></span>;
	return <span><span aria-hidden="true">◷</span> {of.state === 'partly' ? t('f.partly', { n: of.closed, of: of.of }) : t('f.provisional')}</span>;
}

/** How far a month has come, asked for on its own. */
export function MonthStanding({ month }: { month: string }) {
	const { data, problem } = useGet<Statements>(`/statements?month=${month}`, 'act');
	if (problem) return <span class="muted">{problem.status === 404 ? t('f.no_agreement') : t('problem.failed')}</span>;
	return data ? <StandingMark of={standing(data.statements)} /> : <span class="muted">{t('coming')}</span>;
}

export function Hash({ of }: { of: string | null | undefined }) {
	return of ? <code class="hash" title={of}>{of}</code> : <>–</>;
}
