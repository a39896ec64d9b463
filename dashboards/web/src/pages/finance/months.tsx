// Months: which there are to look at, the way from one to the next, and how far one has come.
import { get, type Problem, type Stamped } from '../../api';
import { t } from '../../i18n';
import { Input } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { At } from '../../parts/small';
import { Shown } from '../../parts/Shown';
import { Table, type Column } from '../../parts/Table';
import { A, go } from '../../router';
import { monthName, monthOf, now } from '../../time';
import type { Asked } from '../../use';
import { useAsk } from './ask';
import { standing, type Standing, type Statement, type Statements } from './fee';

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

export function StandingMark({ of }: { of: Standing }) {
	if (of.of === 0) return <span class="muted">{t('f.no_members')}</span>;
	if (of.state === 'closed') return <span class="verdict met"><span aria-hidden="true">✓</span> {t('f.closed')} <At at={of.at} as="day" /></span>;
	return <span><span aria-hidden="true">◷</span> {of.state === 'partly' ? t('f.partly', { n: of.closed, of: of.of }) : t('f.provisional')}</span>;
}

export interface Made {
	month: string;
	scope: string;
	seq: number;
	as_of_seq: number;
	head: string;
	model_sha256: string;
	files: number;
	actor: string;
}
export interface MadeList extends Stamped {
	reports: Made[];
}
export const MADE = '/reports?limit=5000';

export interface MonthRow {
	month: string;
	made: Made[];
	/** Null: no agreement covers the month. */
	statements: Statement[] | null;
}

export function useMonths(): Asked<MonthRow[]> {
	return useAsk('months', async () => {
		const { reports } = await get<MadeList>(MADE);
		return Promise.all(monthsOf(reports.map((made) => made.month), thisMonth()).map(async (month) => ({
			month,
			made: reports.filter((made) => made.month === month),
			statements: await get<Statements>(`/statements?month=${month}`).then((answer) => answer.statements).catch((problem: Problem) => {
				if (problem.status === 404) return null;
				throw problem;
			}),
		})));
	}, 'act');
}

/** The months' table, and a way to any other. */
export function Months({ base, title, what, columns, rest = '' }: { base: string; title: string; what: string; columns: Column<MonthRow>[]; rest?: string }) {
	const months = useMonths();
	return <Page title={title}>
		<p>{what}</p>
		<form class="filters" onSubmit={(event) => {
			event.preventDefault();
			const month = String(new FormData(event.currentTarget as HTMLFormElement).get('month'));
			if (/^\d{4}-\d\d$/.test(month)) go(`${base}/${month}${rest}`);
		}}>
			<Input name="month" label={t('f.another_month')} type="month" required max={thisMonth()} placeholder="2026-10" />
			<button type="submit">{t('f.show')}</button>
		</form>
		<Shown of={months} lines={8}>{(rows) => <Table caption={title} hidden rows={rows} keyOf={(row) => row.month} columns={[
			{ key: 'month', head: t('f.month'), header: true, cell: ({ month }) => <A to={`${base}/${month}${rest}`}>{monthName(month)}</A>, by: (row) => row.month },
			{ key: 'state', head: t('f.state'), cell: ({ statements }) => statements ? <StandingMark of={standing(statements)} /> : <span class="muted">{t('f.no_agreement')}</span> },
			...columns,
		]} />}</Shown>
	</Page>;
}

export function Hash({ of }: { of: string | null | undefined }) {
	return of ? <code class="hash" title={of}>{of}</code> : <>–</>;
}
