// A ticket for somebody who has called or written: it is in the ledger before the call is over.
import { useState } from 'preact/hooks';
import { post, type Stamped } from '../../api';
import { may, municipalityName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Choices, Form, Input, Select, type Values } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { Empty } from '../../parts/Shown';
import { go, here } from '../../router';
import { field, instant, now } from '../../time';
import { useGet } from '../../use';
import { municipalityOptions } from './filters';
import { priorityOf } from './tickets';

const LEVELS = ['1', '2', '3', '4'];

function bodyOf(values: Values, own: string | null): Record<string, unknown> {
	const received = instant(String(values.get('received_at')));
	const body: Record<string, unknown> = { municipality: own ?? values.get('municipality'), impact: Number(values.get('impact')), urgency: Number(values.get('urgency')),
		support_line: Number(values.get('support_line')) };
	for (const name of ['channel', 'service', 'type', 'title']) body[name] = String(values.get(name)).trim();
	if (received !== null) body.received_at = new Date(received).toISOString();
	if (values.has('on_behalf')) body.on_behalf = true;
	return body;
}

/** The priority that the agreement gives what is chosen, before it is sent. */
function Priority({ impact, urgency }: { impact: string; urgency: string }) {
	const { directory } = useWorld();
	const current = useGet<{ agreement: { matrix: number[][] } } & Stamped>('/agreements/current');
	const name = priorityOf(current.data?.agreement.matrix ?? [], directory.priorities, Number(impact), Number(urgency));
	return <p class="box field" role="status">{t('tickets.priority')}: <strong>{name || '–'}</strong></p>;
}

export function NewTicket() {
	const { me, directory } = useWorld();
	const [impact, setImpact] = useState('3'), [urgency, setUrgency] = useState('3');
	const levels = (group: (level: string) => string) => LEVELS.map((level): [string, string] => [level, `${level} – ${group(level)}`]);
	if (!may(me, 'work') || !may(me, 'ingest')) return <Page title={t('new.title')}><Empty>{t('new.no_right')}</Empty></Page>;
	return <Page title={t('new.title')}>
		<Form submit={t('new.send')} send={async (values) => {
			const { ticket } = await post<{ ticket: string }>('/tickets', bodyOf(values, me.municipality));
			go(`/arenden/${ticket}`);
		}}>
			<Select name="channel" label={t('field.channel')} value="phone" options={['phone', 'mail', 'form'].map((word): [string, string] => [word, choice('ticket_channel', word)])} />
			<Input name="received_at" label={t('field.received_at_ms')} type="datetime-local" value={field(now())} hint={t('footer.zone')} required />
			{me.municipality === null
				? <Select name="municipality" label={t('municipality')} value={here().query.get('kommun') ?? ''} required options={[['', t('choose')], ...municipalityOptions(directory.municipalities)]} />
				: <p>{t('municipality')}: <strong>{municipalityName(directory, me.municipality)}</strong></p>}
			<Select name="service" label={t('service')} required options={[['', t('choose')], ...directory.services.map(({ id, name }): [string, string] => [id, name])]} />
			<Select name="type" label={t('field.type')} options={['incident', 'service_request', 'complaint', 'security', 'personal_data', 'patient_safety'].map((word): [string, string] => [word, choice('ticket_type', word)])} />
			<Select name="impact" label={t('field.impact')} value={impact} onInput={setImpact} options={levels((level) => choice('impact', level))} />
			<Select name="urgency" label={t('field.urgency')} value={urgency} onInput={setUrgency} options={levels((level) => choice('urgency', level))} />
			<Priority impact={impact} urgency={urgency} />
			<Input name="title" label={t('tickets.about')} hint={t('no_names')} required maxLength={200} autocomplete="off" />
			<Select name="support_line" label={t('new.line')} value={me.municipality === null ? '2' : '1'} options={['1', '2'].map((word): [string, string] => [word, choice('support_line', word)])} />
			{me.municipality === null && <Choices name="on_behalf" label={t('new.behalf')} options={[['yes', t('new.on_behalf')]]} chosen={['yes']} />}
		</Form>
	</Page>;
}
