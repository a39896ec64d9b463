// Outages of a month: strips by service or municipality, and under them the same as lists: what was measured, what persons have said
// of it, and what alarms propose.
import { Strip, type Stretch } from '../../charts/Chart';
import { may, municipalityName, municipalityNames, serviceName, useWorld, type Directory } from '../../directory';
import { choice, t } from '../../i18n';
import { Input, Select } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { Span } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A, go, narrow, usePlace } from '../../router';
import type { Stamped } from '../../api';
import { duration, monthName, monthOf, now } from '../../time';
import { useGet } from '../../use';
import type { OutageRecord, Outages as OutagesAnswer, Timeline, Window } from './answers';
import { Proposals } from '../support/Proposals';
import { Days, Months, monthSpan } from './Months';
import { merged, ofWindows, recordOf, together, type Together } from './stretches';

interface Wanted {
	month: string;
	municipality: string;
	service: string;
}
const LIST_MAX = 200;

export function where(directory: Directory, codes: readonly string[]): string {
	return municipalityNames(directory, codes, t('municipalities.all'), (n) => t('names.more', { n }));
}

function confirmLink(outage: Together): string {
	return `/avbrott/ny?tjanst=${outage.service}&kommun=${outage.municipalities.join()}&fran=${outage.from}${outage.running ? '' : `&till=${outage.to}`}`;
}

function Filters({ wanted, fixed }: { wanted: Wanted; fixed: boolean }) {
	const { directory } = useWorld();
	const members = directory.municipalities.filter((m) => m.member).sort((a, b) => a.name.localeCompare(b.name, 'sv'));
	return <div class="filters" role="search">
		<Input name="manad" type="month" label={t('word.month')} value={wanted.month} max={monthOf(now())} onInput={(manad) => /^\d{4}-\d\d$/.test(manad) && narrow({ manad })} />
		{!fixed && <Select name="kommun" label={t('municipality')} value={wanted.municipality} onInput={(kommun) => narrow({ kommun })}
			options={[['', t('municipalities.all')], ...members.map((m) => [m.code, m.name] as const)]} />}
		<Select name="tjanst" label={t('service')} value={wanted.service} onInput={(tjanst) => narrow({ tjanst })}
			options={[['', t('services.all')], ...directory.services.map((s) => [s.id, s.name] as const)]} />
	</div>;
}

/** One service in one municipality as it was measured, with its gaps. */
function Measured({ wanted, service, windows }: { wanted: Wanted; service: string; windows: readonly Window[] }) {
	const timeline = useGet<Timeline>(`/availability/timeline?month=${wanted.month}&service=${service}&municipality=${wanted.municipality}`, 'state', 'outage');
	const { directory } = useWorld();
	if (timeline.problem?.status === 404) return null;
	return <div class="strip-row"><h3>{serviceName(directory, service)}</h3>
		<Shown of={timeline} lines={1}>{(data) => <Months timeline={data} name={serviceName(directory, service)} windows={ofWindows(windows, service, wanted.municipality)} />}</Shown></div>;
}

function Strips({ wanted, answer, windows }: { wanted: Wanted; answer: OutagesAnswer; windows: readonly Window[] }) {
	const { directory } = useWorld();
	const { from, to } = monthSpan(wanted.month);
	if (wanted.municipality !== '') {
		return <>{directory.services.filter((s) => wanted.service === '' ? !s.component : s.id === wanted.service)
			.map((s) => <Measured key={s.id} wanted={wanted} service={s.id} windows={windows} />)}</>;
	}
	const rows = wanted.service === ''
		? directory.services.filter((s) => !s.component).map((s) => ({ id: s.id, name: s.name, service: s.id, municipality: null, outages: answer.outages.filter((o) => o.service === s.id) }))
		: [...new Set(answer.outages.map((o) => o.municipality))].map((code) => ({ id: code, name: municipalityName(directory, code), service: wanted.service, municipality: code, outages: answer.outages.filter((o) => o.municipality === code) }));
	const pick = (stretch: Stretch) => document.getElementById(`o-${stretch.from}`)?.focus();
	return <>
		{rows.sort((a, b) => a.name.localeCompare(b.name, 'sv')).map((row) => <div class="strip-row" key={row.id}>
			<h3><A to={`/avbrott?manad=${wanted.month}&${wanted.service === '' ? `tjanst=${row.id}` : `tjanst=${wanted.service}&kommun=${row.id}`}`}>{row.name}</A></h3>
			<Strip name={row.name} from={from} to={to} stretches={[...ofWindows(windows, row.service, row.municipality), ...merged(row.outages)]} onPick={pick} quiet />
		</div>)}
		<div class="strip-row"><span /><Days from={from} to={to} /></div>
		<p class="muted">{t('outages.gaps')}</p>
	</>;
}

function MeasuredList({ outages, records }: { outages: readonly Together[]; records: readonly OutageRecord[] }) {
	const { me, directory } = useWorld();
	const said = (outage: Together) => {
		const record = recordOf(outage, records);
		if (record) return <A to={`/avbrott/${record}`}>{record}</A>;
		return may(me, 'correct') ? <A to={confirmLink(outage)}>{t('outages.confirm')}</A> : t('outages.unconfirmed');
	};
	const service = (outage: Together) => {
		const known = directory.services.find((one) => one.id === outage.service);
		return [known?.name ?? outage.service, known?.channels.find((one) => one.id === outage.channel)?.name].filter(Boolean).join(', ');
	};
	return <>
		<Table caption={t('outages.measured')} hidden rows={outages.slice(0, LIST_MAX)} keyOf={(o) => `${o.service}${o.channel}${o.from}${o.to}${o.cause}${o.record}`} columns={[
			{ key: 'when', head: t('word.when'), header: true, by: (o) => Date.parse(o.from), cell: (o) => <span id={`o-${Date.parse(o.from)}`} tabIndex={-1}><Span from={o.from} to={o.running ? null : o.to} /></span> },
			{ key: 'service', head: t('service'), by: service, cell: service },
			{ key: 'where', head: t('municipality'), by: (o) => o.municipalities.length, cell: (o) => where(directory, o.municipalities) },
			{ key: 'long', head: t('word.length'), number: true, by: (o) => o.length_s, cell: (o) => duration(o.length_s) },
			{ key: 'counted', head: t('outages.counted'), number: true, by: (o) => o.counted_s, cell: (o) => o.counted_s > 0 ? duration(o.counted_s) : t('outages.not_counted') },
			{ key: 'cause', head: t('word.cause'), by: (o) => o.cause, cell: (o) => choice('party', o.cause) },
			{ key: 'record', head: t('outages.said'), cell: said },
		]} />
		{outages.length > LIST_MAX && <p class="muted">{t('outages.cut', { n: outages.length - LIST_MAX })}</p>}
	</>;
}

function RecordList({ records }: { records: readonly OutageRecord[] }) {
	const { directory } = useWorld();
	return <Table caption={t('outages.records')} hidden sortName="ordning" rows={records} keyOf={(r) => r.id} rowClass={(r) => r.withdrawn ? 'gone' : ''} columns={[
		{ key: 'id', head: t('outages.record'), header: true, by: (r) => r.id, cell: (r) => <A to={`/avbrott/${r.id}`}>{r.id}</A> },
		{ key: 'what', head: t('outages.what'), cell: (r) => choice('effect', r.effect) },
		{ key: 'when', head: t('word.when'), by: (r) => Date.parse(r.from), cell: (r) => <Span from={r.from} to={r.to} /> },
		{ key: 'service', head: t('service'), by: (r) => r.service, cell: (r) => <>{serviceName(directory, r.service)}, {where(directory, r.municipalities)}</> },
		{ key: 'cause', head: t('word.cause'), cell: (r) => choice('party', r.cause) },
		{ key: 'state', head: t('outages.decision'), cell: (r) => r.withdrawn ? t('outage.withdrawn') : r.waits ? `◔ ${t('outage.waits')}` : t('outage.approved_by', { who: r.approved_by }) },
	]} />;
}

export function Outages() {
	const { me } = useWorld();
	const { query } = usePlace();
	const asked = query.get('manad') ?? '';
	const wanted = { month: /^\d{4}-(0[1-9]|1[0-2])$/.test(asked) ? asked : monthOf(now()), municipality: me.municipality ?? query.get('kommun') ?? '', service: query.get('tjanst') ?? '' };
	const scope = `month=${wanted.month}${wanted.municipality && `&municipality=${wanted.municipality}`}${wanted.service && `&service=${wanted.service}`}`;
	const outages = useGet<OutagesAnswer>(`/outages?${scope}`, 'state', 'outage', 'window');
	const windows = useGet<Stamped & { windows: Window[] }>(`/windows?month=${wanted.month}`, 'window');
	const running = outages.data?.outages.filter((o) => o.running).length ?? 0;
	return <Page title={t('outages.title', { month: monthName(wanted.month) })} badge={running} wide
		aside={may(me, 'correct') && <A class="button" to="/avbrott/ny">{t('outage.new')}</A>}>
		<Filters wanted={wanted} fixed={me.municipality !== null} />
		{may(me, 'correct') && <Proposals />}
		<Shown of={outages} lines={10}>{(data) => <>
			<section class="box" aria-labelledby="strips"><h2 id="strips" class="unseen">{t('outages.strips')}</h2><Strips wanted={wanted} answer={data} windows={windows.data?.windows ?? []} /></section>
			<section class="box"><h2>{t('outages.measured')}</h2>
				{data.outages.length > 0 ? <MeasuredList outages={together(data.outages)} records={data.records} /> : <Empty>{t('outages.none', { month: monthName(wanted.month) })}{' '}
					{(wanted.service !== '' || query.get('kommun')) && <button type="button" class="plain" onClick={() => go(`/avbrott?manad=${wanted.month}`)}>{t('outages.everywhere')}</button>}</Empty>}</section>
			{data.records.length > 0 && <section class="box"><h2>{t('outages.records')}</h2><RecordList records={data.records} /></section>}
		</>}</Shown>
	</Page>;
}
