// What was made of a month: versions with what they were computed from, files to download, and what has changed in months before.
import { useState } from 'preact/hooks';
import type { Stamped } from '../../api';
import { municipalityName, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { bytes, count, percent } from '../../numbers';
import { Verdict } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { Table } from '../../parts/Table';
import { monthName } from '../../time';
import { useGet } from '../../use';
import { ppm } from './figures';
import { Hash, MADE, type MadeList } from './months';

interface File {
	name: string;
	type: string;
	bytes: number;
	sha256: string;
	municipality: string | null;
	language: string | null;
}
interface Files extends Stamped {
	files: File[];
}
const filesOf = (month: string) => `/reports/${month}/files`;

function Downloads({ month }: { month: string }) {
	const { directory } = useWorld();
	const files = useGet<Files>(filesOf(month), 'act');
	return <Shown of={files} lines={3}>{(data) => data.files.length === 0 ? <Empty>{t('files.none')}</Empty>
		: <Table caption={t('files.title')} rows={data.files} keyOf={(file) => file.name} sortName="fil" columns={[
			{ key: 'name', head: t('files.name'), header: true, cell: (file) => <a href={`/api/v1${filesOf(month)}/${encodeURIComponent(file.name)}`} download={file.name}>{file.name}</a>, by: (file) => file.name },
			{ key: 'whose', head: t('f.municipality'), cell: (file) => file.municipality ? municipalityName(directory, file.municipality) : t('f.region') },
			{ key: 'bytes', head: t('files.size'), number: true, cell: (file) => bytes(file.bytes), by: (file) => file.bytes },
			{ key: 'hash', head: t('f.hash'), cell: (file) => <Hash of={file.sha256} /> },
		]} />}</Shown>;
}

export function Versions({ month }: { month: string }) {
	const made = useGet<MadeList>(MADE, 'act');
	return <section aria-labelledby="versions">
		<h2 id="versions">{t('versions.title')}</h2>
		<Shown of={made} lines={3}>{({ reports }) => {
			const rows = reports.filter((r) => r.month === month).reverse();
			return rows.length === 0 ? <Empty>{t('versions.none')}</Empty> : <Table caption={t('versions.title')} hidden rows={rows} keyOf={(r) => String(r.seq)} sortName="version" columns={[
				{ key: 'seq', head: t('versions.row'), header: true, cell: (r) => count(r.seq) },
				{ key: 'scope', head: t('versions.scope'), cell: (r) => r.scope === 'region' ? t('f.region') : r.scope },
				{ key: 'as_of', head: t('versions.as_of'), number: true, cell: (r) => count(r.as_of_seq) },
				{ key: 'by', head: t('f.by'), cell: (r) => r.actor },
				{ key: 'hash', head: t('f.hash'), cell: (r) => <Hash of={r.model_sha256} /> },
			]} />;
		}}</Shown>
		<Downloads month={month} />
	</section>;
}

interface Then {
	num: number;
	den: number;
	verdict: string;
}
interface Correction {
	month: string;
	kpi?: string;
	service?: string;
	channel?: string;
	municipality?: string;
	was?: Then;
	is?: Then;
	difference_ppm?: number;
	turned?: boolean;
}

function ThenValue({ of }: { of: Then | undefined }) {
	return of ? <>{percent(ppm(of.num, of.den))} <Verdict of={of.verdict} /></> : <>–</>;
}

function CorrectionTable({ month, name }: { month: string; name: string }) {
	const { directory } = useWorld();
	const model = useGet<Stamped & { corrections?: Correction[] }>(`${filesOf(month)}/${encodeURIComponent(name)}`);
	return <Shown of={model} lines={4}>{({ corrections = [] }) => corrections.length === 0 ? <Empty>{t('corrections.none')}</Empty>
		: <Table caption={t('corrections.title')} hidden rows={corrections} keyOf={(c) => [c.month, c.kpi, c.service, c.channel, c.municipality].join('/')} sortName="rattelse" columns={[
			{ key: 'month', head: t('f.month'), header: true, cell: (c) => monthName(c.month), by: (c) => c.month },
			{ key: 'what', head: t('report.kpi'), cell: (c) => `${choice('kpi', c.kpi ?? 'availability')}${c.service ? `, ${serviceName(directory, c.service)}` : ''}` },
			{ key: 'whose', head: t('f.municipality'), cell: (c) => c.municipality ? municipalityName(directory, c.municipality) : t('f.region') },
			{ key: 'was', head: t('corrections.was'), cell: (c) => <ThenValue of={c.was} /> },
			{ key: 'is', head: t('corrections.is'), cell: (c) => <ThenValue of={c.is} /> },
			{ key: 'difference', head: t('corrections.difference'), number: true, cell: (c) => percent(c.difference_ppm), by: (c) => c.difference_ppm ?? null },
		]} />}</Shown>;
}

/** They stand in the published model, which is large: it is asked for when somebody wants to see them. */
export function Corrections({ month }: { month: string }) {
	const files = useGet<Files>(filesOf(month));
	const [open, setOpen] = useState(false);
	const model = files.data?.files.find((file) => file.municipality === null && file.name.endsWith('.json'));
	if (!model) return null;
	return <details onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
		<summary>{t('corrections.title')}</summary>
		{open && <CorrectionTable month={month} name={model.name} />}
	</details>;
}
