// At night, on one page: say what the outage is, tell those who are hit, and see whom to call. Here when nothing is on record yet: from a
// cell of the matrix (?tjanst&kommun&fran&till), from what alarms propose (?forslag), or from nothing.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { post, Problem, type Stamped } from '../../api';
import { may, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Area, Form, Select } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { ProblemBox, Shown } from '../../parts/Shown';
import { At, Span, StateMark } from '../../parts/small';
import { A, go, usePlace } from '../../router';
import { useGet } from '../../use';
import type { Alarm, Matrix, Proposal } from './answers';
import { Contacts } from './Contacts';
import { OutageForm, type Start } from './OutageForm';
import { where } from './Outages';
import { PublishForm } from './Publish';

function toRecord(answer: { outage?: string }): void {
	go(answer.outage ? `/avbrott/${answer.outage}` : '/avbrott', true);
}

function MeasuredNow({ service, municipalities }: { service: string; municipalities: readonly string[] }) {
	const { directory } = useWorld();
	const matrix = useGet<Matrix>(`/matrix?service=${service}`, 'state');
	return <Shown of={matrix} lines={2}>{(data) => {
		const bad = data.cells.filter((cell) => cell.state !== 'ok' && (municipalities.length === 0 || municipalities.includes(cell.municipality)));
		return bad.length === 0 ? <p><StateMark state="ok" /> {t('outage.well_now')}</p> : <ul class="plain-list">{bad.slice(0, 12).map((cell) => <li key={cell.municipality}>
			<StateMark state={cell.state} /> {where(directory, [cell.municipality])} {cell.since && <>{t('wall.since')} <At at={cell.since} /></>}</li>)}
			{bad.length > 12 && <li class="muted">{t('names.more', { n: bad.length - 12 })}</li>}</ul>;
	}}</Shown>;
}

type Proposed = Proposal & Stamped & { members: Alarm[] };

function Decide({ proposal }: { proposal: Proposed }) {
	const { directory } = useWorld();
	const [refuse, set] = useState(false);
	if (proposal.state !== 'open') return <p>{t('suggested.decided')}</p>;
	return <Form submit={refuse ? t('suggested.refuse') : t('suggested.accept')} danger={refuse}
		send={async (values) => toRecord(await post(`/proposals/${proposal.id}/${refuse ? 'refuse' : 'accept'}`, { reason: values.get('reason'), ...(refuse ? {} : { cause: values.get('cause') }) }))}>
		<Select name="decision" label={t('suggested.decision')} onInput={(value) => set(value === 'refuse')} options={[['accept', t('suggested.accept')], ['refuse', t('suggested.refuse')]]} />
		{!refuse && <Select name="cause" label={t('word.cause')} hint={t('outage.cause_hint')} value="unknown" options={directory.cause_parties.map((c) => [c, choice('party', c)] as const)} />}
		<Area name="reason" label={t('reason')} rows={3} maxLength={1000} required />
	</Form>;
}

function ProposalBox({ proposal }: { proposal: Proposed }) {
	const { directory } = useWorld();
	return <>
		<p><strong>{serviceName(directory, proposal.service)}</strong>, {where(directory, proposal.municipalities)}<br /><Span from={proposal.from} to={proposal.to} /></p>
		<ul class="plain-list">{proposal.members.map((alarm) => <li key={alarm.id}><A to={`/larm/${alarm.id}`}>{alarm.id}</A> {alarm.resource}, {alarm.type} <span class="muted" lang="en">{alarm.text}</span></li>)}</ul>
		<Decide proposal={proposal} />
	</>;
}

/** Three steps, in any order. `said` and `told` come from who knows the outage. */
export function Night({ said, told, municipalities }: { said: ComponentChildren; told: ComponentChildren; municipalities: readonly string[] }) {
	return <div class="night">
		<section class="box" aria-labelledby="night-1"><h2 id="night-1">{t('night.judge')}</h2>{said}</section>
		<section class="box" aria-labelledby="night-2"><h2 id="night-2">{t('night.tell')}</h2>{told}</section>
		<section class="box" aria-labelledby="night-3"><h2 id="night-3">{t('night.call')}</h2><Contacts municipalities={municipalities} /></section>
	</div>;
}

export function NewOutage() {
	const { me } = useWorld();
	const { query } = usePlace();
	const asked = query.get('forslag') ?? '';
	const proposal = useGet<Proposed>(asked === '' ? null : `/proposals/${encodeURIComponent(asked)}`, 'alarm', 'act');
	const [told, setTold] = useState<string | null>(null);
	const title = asked === '' ? t('outage.new') : t('suggested.title', { id: asked });
	if (!may(me, 'correct')) return <Page title={title}><ProblemBox problem={new Problem(403, '', '')} /></Page>;

	const municipalities = proposal.data?.municipalities ?? (query.get('kommun') ?? '').split(',').filter(Boolean);
	const from = proposal.data?.from ?? query.get('fran'), service = proposal.data?.service ?? query.get('tjanst') ?? '';
	const start: Start = { service, municipalities, effect: from ? 'cause' : 'down', ...(from ? { from } : {}), to: query.get('till') };
	return <Page title={title}>
		{service !== '' && <section class="box"><h2>{t('outage.measured_now')}</h2><MeasuredNow service={service} municipalities={municipalities} /></section>}
		<Night municipalities={municipalities}
			said={asked === '' ? <OutageForm start={start} submit={t('outage.record')} send={async (body) => toRecord(await post('/outages', body))} />
				: <Shown of={proposal}>{(data) => <ProposalBox proposal={data} />}</Shown>}
			told={told ? <p role="status">✓ <A to={`/storningar/${told}`}>{t('publish.done')}</A></p> : me.municipality ? <p>{t('publish.region')}</p>
				: <PublishForm key={`${service}${from}`} about={{ service, municipalities, from, state: 'down', outage: null }} onDone={setTold} />} />
	</Page>;
}
