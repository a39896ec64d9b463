// The fee basis: which months there are, and how far each has come.
import { useWorld } from '../../directory';
import { t } from '../../i18n';
import { count, kronor } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Shown } from '../../parts/Shown';
import { A } from '../../router';
import { monthName } from '../../time';
import { useGet } from '../../use';
import { MonthField, monthsOf, StandingMark, thisMonth } from './months';
import { MADE, type MadeList } from './Reports';
import { standing, sums, type Statements } from './fee';

/** Each month is asked for on its own: one that takes long holds no other back. */
function Row({ month }: { month: string }) {
	const { me } = useWorld();
	const { data, problem } = useGet<Statements>(`/statements?month=${month}`, 'act', 'ticket');
	const all = data && sums(data.statements);
	return <tr>
		<th scope="row" data-label={t('f.month')}><A to={`/avgifter/${month}${me.municipality ? `/${me.municipality}` : ''}`}>{monthName(month)}</A></th>
		<td data-label={t('f.state')}>{data ? <StandingMark of={standing(data.statements)} /> : problem ? <span class="muted">{problem.status === 404 ? t('f.no_agreement') : t('problem.failed')}</span> : t('coming')}</td>
		<td data-label={t('fee.counted')} class="number">{all ? count(all.counted) : '–'}</td>
		<td data-label={t('fee.total')} class="number"><span class="figure">{all ? kronor(all.total_ore) : '–'}</span></td>
	</tr>;
}

export function Fees() {
	const made = useGet<MadeList>(MADE, 'act');
	return <Page title={t('fees.title')}>
		<p>{t('fees.what')}</p>
		<MonthField base="/avgifter" />
		<Shown of={made} lines={8}>{({ reports }) => <table class="stacks">
			<caption class="unseen">{t('fees.title')}</caption>
			<thead><tr><th scope="col">{t('f.month')}</th><th scope="col">{t('f.state')}</th><th scope="col" class="number">{t('fee.counted')}</th><th scope="col" class="number">{t('fee.total')}</th></tr></thead>
			<tbody>{monthsOf(reports.map((r) => r.month), thisMonth()).map((month) => <Row key={month} month={month} />)}</tbody>
		</table>}</Shown>
	</Page>;
}
