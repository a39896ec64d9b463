// Monthly reports: which months there are, how far each has come, and what was made of it.
import type { Stamped } from '../../api';
import { t } from '../../i18n';
import { count } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Shown } from '../../parts/Shown';
import { Table } from '../../parts/Table';
import { A } from '../../router';
import { monthName } from '../../time';
import { useGet } from '../../use';
import { Hash, MonthField, MonthStanding, monthsOf, thisMonth } from './months';

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

export function Reports() {
	const made = useGet<MadeList>(MADE, 'act');
	return <Page title={t('reports.title')}>
		<p>{t('reports.what')}</p>
		<MonthField base="/rapporter" />
		<Shown of={made} lines={8}>{({ reports }) => {
			const newest = (month: string) => reports.filter((r) => r.month === month && r.scope === 'region').at(-1);
			return <Table caption={t('reports.title')} hidden rows={monthsOf(reports.map((r) => r.month), thisMonth())} keyOf={(month) => month} columns={[
				{ key: 'month', head: t('f.month'), header: true, cell: (month) => <A to={`/rapporter/${month}`}>{monthName(month)}</A>, by: (month) => month },
				{ key: 'state', head: t('f.state'), cell: (month) => <MonthStanding month={month} /> },
				{ key: 'versions', head: t('reports.versions'), number: true, cell: (month) => count(reports.filter((r) => r.month === month).length) },
				{ key: 'hash', head: t('f.hash'), cell: (month) => <Hash of={newest(month)?.model_sha256} /> },
			]} />;
		}}</Shown>
	</Page>;
}
