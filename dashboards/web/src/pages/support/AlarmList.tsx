// Alarms that need a look, the worst first, alone or as groups of what belongs together. Above them what they propose.
import { may, municipalityName, serviceName, useWorld } from '../../directory';
import type { Stamped } from '../../api';
import { choice, t } from '../../i18n';
import { count, percent } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { At, Since } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A, here } from '../../router';
import { duration, monthName, monthOf, now } from '../../time';
import { useGet } from '../../use';
import { where } from '../operations/Outages';
import { Acknowledge, canAcknowledge } from './alarmActs';
import { SEVERITIES, severityGlyph, type Alarm, type AlarmPage, type Group } from './alarms';
import { Pager, Pick, PickMunicipality, PickService, question, Search, useKept } from './filters';
import { Proposals } from './Proposals';

export function Severity({ of }: { of: string }) {
	return <span class={`state severity ${of}`}><span aria-hidden="true">{severityGlyph(of)} </span>{choice('severity', of)}</span>;
}

/** Leads to where a resource is given its service, for who may. */
export function Unmapped() {
	const { me } = useWorld();
	return may(me, 'correct') ? <A to="/karantan">{t('alarms.unmapped')}</A> : <>{t('alarms.unmapped')}</>;
}

/** What keeps it out of the list, or who has it. */
export function Handled({ of }: { of: Alarm }) {
	return <>
		{of.operator !== 'none' && <span>{choice('operator', of.operator)}{of.actor && `, ${of.actor}`} </span>}
		{of.hidden !== 'shown' && of.hidden !== of.operator && <span>{choice('hidden', of.hidden)}{of.hidden_by && ` ${of.hidden_by}`} </span>}
		{of.flapping && of.hidden !== 'flapping' && <span>{choice('hidden', 'flapping')} </span>}
		{of.ticket && <A to={`/arenden/${of.ticket}`}>{of.ticket}</A>}
	</>;
}

function path(): string {
	const { query } = here();
	const group = query.get('grupp');
	return question('/alarms', {
		severity: query.get('grad'), service: query.get('tjanst'), municipality: query.get('kommun'), text: query.get('q'), resource: query.get('resurs'),
		...(group ? { group } : { state: query.get('lage'), hidden: query.get('dolda'), cursor: query.get('fran'), limit: '100' }),
	});
}

function Filters() {
	const grouped = here().query.has('grupp');
	return <div class="filters" role="search">
		<Search name="q" label={t('alarms.search')} />
		<Pick name="grad" label={t('alarms.severity')} options={[['', t('filter.all')], ...SEVERITIES.slice(0, 4).map((word): [string, string] => [word, t('alarms.at_least', { severity: choice('severity', word) })])]} />
		<PickMunicipality />
		<PickService />
		<Pick name="grupp" label={t('alarms.group')} options={[['', t('alarms.ungrouped')], ['resource', t('alarms.by_resource')], ['service', t('service')], ['municipality', t('municipality')]]} />
		{!grouped && <Pick name="lage" label={t('tickets.status')} options={[['', t('alarms.active')], ['ended', t('alarms.ended')], ['all', t('filter.all')]]} />}
		{!grouped && <Pick name="dolda" label={t('alarms.hidden')} options={[['', t('alarms.shown')], ['all', t('alarms.hidden_too')], ['shelved', choice('hidden', 'shelved')], ['window', choice('hidden', 'window')], ['flapping', choice('hidden', 'flapping')], ['parent', choice('hidden', 'parent')]]} />}
	</div>;
}

function List({ alarms, again }: { alarms: readonly Alarm[]; again: () => void }) {
	const { me, directory } = useWorld();
	return <Table caption={t('alarms.caption')} hidden rows={alarms} keyOf={({ id }) => id} columns={[
		{ key: 'grad', head: t('alarms.severity'), cell: ({ severity }) => <Severity of={severity} /> },
		{ key: 'larm', head: t('alarms.alarm'), header: true, cell: ({ id, type, resource }) => <><A to={`/larm/${id}`}>{type}</A><br /><span class="muted">{resource}</span></> },
		{ key: 'text', head: t('alarms.text'), cell: ({ text }) => text },
		{ key: 'var', head: t('alarms.where'), cell: (alarm) => alarm.service === null ? <Unmapped />
			: <>{serviceName(directory, alarm.service)}<br /><span class="muted">{where(directory, alarm.municipalities)}</span></> },
		{ key: 'sedan', head: t('since_head'), cell: ({ raised, ended }) => ended ? <><At at={raised} />–<At at={ended} /></> : <><At at={raised} /><br /><span class="muted"><Since at={raised} /></span></>, by: ({ raised }) => raised },
		{ key: 'antal', head: t('alarms.notices'), number: true, cell: ({ count: n }) => count(n), by: ({ count: n }) => n },
		{ key: 'hanteras', head: t('alarms.handled'), cell: (alarm) => <><Handled of={alarm} />{may(me, 'work') && canAcknowledge(alarm) && <div><Acknowledge of={alarm} again={again} /></div>}</> },
	]} />;
}

function groupName(by: string, key: string, directory: ReturnType<typeof useWorld>['directory']): string {
	if (key === '') return t('alarms.unmapped');
	return by === 'service' ? serviceName(directory, key) : by === 'municipality' ? municipalityName(directory, key) : key;
}

const FILTER_OF: Record<string, string> = { resource: 'resurs', service: 'tjanst', municipality: 'kommun' };

function Groups({ by, groups }: { by: string; groups: readonly Group[] }) {
	const { directory } = useWorld();
	return <Table caption={t('alarms.groups')} hidden rows={groups} keyOf={({ group }) => group} columns={[
		{ key: 'grad', head: t('alarms.worst'), cell: ({ worst }) => <Severity of={worst} /> },
		{ key: 'grupp', head: t('alarms.group'), header: true, cell: ({ group }) => groupName(by, group, directory) },
		{ key: 'larm', head: t('menu.alarms'), number: true, by: ({ alarms }) => alarms,
			cell: ({ group, alarms }) => group === '' ? count(alarms) : <A to={`/larm?${FILTER_OF[by]}=${encodeURIComponent(group)}`}>{count(alarms)}</A> },
		{ key: 'antal', head: t('alarms.notices'), number: true, cell: ({ notices }) => count(notices), by: ({ notices }) => notices },
		{ key: 'nyast', head: t('alarms.newest'), cell: ({ newest }) => <><A to={`/larm/${newest.id}`}>{newest.type}</A> <span class="muted">{newest.resource}</span> <At at={newest.raised} /></> },
	]} />;
}

interface Effect extends Stamped {
	alarms: number;
	notices: number;
	tickets: number;
	false_share_ppm: number | null;
	ack_median_s: number | null;
	outages_ticketed: number;
	detected_first: number;
	detected_share_ppm: number | null;
}

/** What alarms did this month: whether they were true, and came before people called. */
function Effect() {
	const { query } = here();
	const month = monthOf(now());
	const asked = useGet<Effect>(question('/alarms/effect', { month, service: query.get('tjanst'), municipality: query.get('kommun') }));
	return <details class="box"><summary>{t('alarms.effect', { month: monthName(month) })}</summary>
		<Shown of={asked} lines={2}>{(effect) => <dl>
			<dt>{t('menu.alarms')}</dt><dd>{t('alarms.effect_count', { alarms: count(effect.alarms), notices: count(effect.notices), tickets: count(effect.tickets) })}</dd>
			<dt>{t('alarms.effect_false')}</dt><dd>{percent(effect.false_share_ppm, 1)}</dd>
			<dt>{t('alarms.effect_ack')}</dt><dd>{effect.ack_median_s === null ? '–' : duration(effect.ack_median_s)}</dd>
			<dt>{t('alarms.effect_first')}</dt><dd>{percent(effect.detected_share_ppm, 1)} {t('alarms.effect_of', { first: effect.detected_first, all: effect.outages_ticketed })}</dd>
		</dl>}</Shown>
	</details>;
}

export function Alarms() {
	const { me } = useWorld();
	const asked = useKept(useGet<AlarmPage>(path(), 'alarm'));
	const by = here().query.get('grupp') ?? '';
	return <Page title={t('menu.alarms')} wide aside={may(me, 'correct') && <A to="/karantan">{t('alarms.to_unmapped')}</A>}>
		<Proposals />
		<Filters />
		<Shown of={asked} lines={10}>{(page) => <div class="queue">
			{(page.groups ?? page.alarms ?? []).length === 0 ? <Empty>{t('alarms.none')} <A to="/larm?lage=ended">{t('alarms.see_ended')}</A></Empty>
				: page.groups ? <Groups by={by} groups={page.groups} /> : <List alarms={page.alarms ?? []} again={asked.again} />}
			{page.left_out ? <p><strong>{t('alarms.left_out', { n: count(page.left_out) })}</strong></p> : null}
			<Pager next={page.next} />
		</div>}</Shown>
		<Effect />
	</Page>;
}
