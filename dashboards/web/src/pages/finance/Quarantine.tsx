// What could not be taken in, and why: rows in quarantine, and names of resources that no register knows.
import { useState } from 'preact/hooks';
import { post, type Stamped } from '../../api';
import { municipalityName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count } from '../../numbers';
import { Dialog } from '../../parts/Dialog';
import { Act, Choices, Form, Input, Select } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { At } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { Table } from '../../parts/Table';
import { A } from '../../router';
import { useGet } from '../../use';

interface Quarantined {
	seq: number;
	occurred: string;
	source: string;
	mapping: string;
	reason: string;
	field: string;
	value: string;
	payload: unknown;
	municipality: string;
}
interface Unmapped {
	host: string;
	alarms: number;
	notices: number;
	last: string;
	newest: { id: string; type: string; severity: string; text: string };
}
/** Documents of TMF621 the daemon reads again by itself; others take a mapping, which a person mends. */
const TMF = 'tmf621';

function Rows() {
	const { directory } = useWorld();
	const rows = useGet<Stamped & { quarantine: Quarantined[]; next: number | null }>('/quarantine?limit=1000', 'ticket');
	return <section aria-labelledby="rows">
		<h2 id="rows">{t('quarantine.rows')}</h2>
		<Shown of={rows} lines={5}>{({ quarantine, next }) => quarantine.length === 0 ? <Empty>{t('quarantine.none')}</Empty> : <>
			<Table caption={t('quarantine.caption', { n: quarantine.length })} rows={quarantine} keyOf={(row) => String(row.seq)} columns={[
				{ key: 'seq', head: t('quarantine.row'), header: true, cell: (row) => row.seq, by: (row) => row.seq },
				{ key: 'at', head: t('f.when'), cell: (row) => <At at={row.occurred} />, by: (row) => row.occurred },
				{ key: 'source', head: t('quarantine.source'), cell: (row) => <>{row.source}<div class="muted">{row.mapping}</div></>, by: (row) => row.source },
				{ key: 'who', head: t('f.municipality'), cell: (row) => row.municipality ? municipalityName(directory, row.municipality) : '–', by: (row) => row.municipality },
				{ key: 'why', head: t('f.reason'), cell: (row) => <><span lang="en">{row.reason}</span><div><code>{row.field}</code>{row.value && <> = ”{row.value}”</>}</div></>, by: (row) => row.reason },
				{ key: 'payload', head: t('quarantine.payload'), cell: (row) => row.payload ? <details><summary>{t('f.show')}</summary><pre>{JSON.stringify(row.payload, null, 1)}</pre></details> : '–' },
				{ key: 'do', head: t('fee.decide'), cell: (row) => row.mapping === TMF ? <Act label={t('quarantine.retake')} act={async () => { await post(`/quarantine/${row.seq}/retake`); rows.again(); }} /> : <span class="muted">{t('quarantine.mapping')}</span> },
			]} />
			{next !== null && <p class="muted">{t('quarantine.first', { n: count(quarantine.length) })}</p>}
		</>}</Shown>
	</section>;
}

function MapDialog({ host, onDone }: { host: string; onDone: () => void }) {
	const { directory } = useWorld();
	return <Dialog title={t('unmapped.map', { host })} onClose={onDone}>
		<Form submit={t('unmapped.save')} onCancel={onDone} send={async (values) => {
			await post('/resources', { resources: [{ name: host, resource: String(values.get('resource') ?? ''), service: String(values.get('service')), municipalities: values.getAll('municipalities'), parent: String(values.get('parent') ?? ''), removed: false }] });
			onDone();
		}}>
			<Select name="service" label={t('f.service')} options={directory.services.map((s) => [s.id, s.name])} required />
			<Input name="resource" label={t('unmapped.resource')} hint={t('unmapped.resource_hint')} />
			<Input name="parent" label={t('unmapped.parent')} hint={t('unmapped.parent_hint')} />
			<details><summary>{t('unmapped.only')}</summary><Choices name="municipalities" label={t('f.municipality')} options={directory.municipalities.filter((m) => m.member).map((m) => [m.code, m.name])} /></details>
		</Form>
	</Dialog>;
}

function Hosts() {
	const unmapped = useGet<Stamped & { unmapped: Unmapped[] }>('/resources/unmapped?limit=500', 'alarm');
	const [mapping, map] = useState<string | null>(null);
	return <section aria-labelledby="hosts">
		<h2 id="hosts">{t('unmapped.title')}</h2>
		<Shown of={unmapped} lines={5}>{(data) => data.unmapped.length === 0 ? <Empty>{t('unmapped.none')}</Empty>
			: <Table caption={t('unmapped.title')} hidden rows={data.unmapped} keyOf={(row) => row.host} sortName="vard" columns={[
				{ key: 'host', head: t('unmapped.host'), header: true, cell: (row) => row.host, by: (row) => row.host },
				{ key: 'alarms', head: t('menu.alarms'), number: true, cell: (row) => <A to={`/larm?resource=${encodeURIComponent(row.host)}`}>{count(row.alarms)}</A>, by: (row) => row.alarms },
				{ key: 'last', head: t('unmapped.last'), cell: (row) => <At at={row.last} />, by: (row) => row.last },
				{ key: 'newest', head: t('unmapped.newest'), cell: (row) => <><A to={`/larm/${row.newest.id}`}>{row.newest.id}</A> {choice('severity', row.newest.severity)}, {row.newest.type}<div class="muted">{row.newest.text}</div></> },
				{ key: 'do', head: t('fee.decide'), cell: (row) => <button type="button" onClick={() => map(row.host)}>{t('unmapped.button')}<span class="unseen"> {row.host}</span></button> },
			]} />}</Shown>
		{mapping && <MapDialog host={mapping} onDone={() => { map(null); unmapped.again(); }} />}
	</section>;
}

export function Quarantine() {
	return <Page title={t('menu.quarantine')}><div class="sections"><Rows /><Hosts /></div></Page>;
}
