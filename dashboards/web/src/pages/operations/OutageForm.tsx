// What a person says of an outage: what it was, where, when, by whom caused, and why that is known.
import { useState } from 'preact/hooks';
import { Problem } from '../../api';
import { useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Area, Choices, Form, Input, Select, type Values } from '../../parts/Form';
import { field, instant } from '../../time';
import type { OutageRecord } from './answers';

const EFFECTS = ['down', 'degraded', 'cause', 'refute'] as const;

export type Start = Partial<Pick<OutageRecord, 'effect' | 'service' | 'channel' | 'municipalities' | 'from' | 'to' | 'cause'>>;

/** To mean all must be chosen, not forgotten: it stands so at first only where it was said before. */
function Where({ chosen, all }: { chosen: readonly string[]; all: boolean }) {
	const { me, directory } = useWorld();
	const [some, set] = useState(!all);
	const members = directory.municipalities.filter((m) => m.member || chosen.includes(m.code)).sort((a, b) => a.name.localeCompare(b.name, 'sv'));
	if (me.municipality) return <input type="hidden" name="municipalities" value={me.municipality} />;
	return <>
		<Select name="where" label={t('outage.where')} value={some ? 'some' : 'all'} onInput={(value) => set(value === 'some')}
			options={[['some', t('outage.where_some')], ['all', t('outage.where_all', { n: members.length })]]} />
		{some && <details open={chosen.length === 0 || chosen.length > 4}><summary>{chosen.length > 0 ? members.filter((m) => chosen.includes(m.code)).map((m) => m.name).join(', ') : t('municipality')}</summary>
			<Choices name="municipalities" label={t('municipality')} chosen={chosen} options={members.map((m) => [m.code, m.name] as const)} /></details>}
	</>;
}

function at(values: Values, name: string, label: string): string | null {
	const text = String(values.get(name) ?? '');
	const ms = instant(text);
	if (text !== '' && ms === null) throw new Problem(0, '', t('form.bad_time', { label }), name);
	return ms === null ? null : new Date(ms).toISOString();
}

function bodyOf(values: Values): Record<string, unknown> {
	const municipalities = values.get('where') === 'all' ? [] : values.getAll('municipalities').map(String);
	if (values.get('where') === 'some' && municipalities.length === 0) throw new Problem(0, '', t('outage.where_none'), 'where');
	return {
		effect: values.get('effect'), channel: values.get('channel') ?? '', municipalities, cause: values.get('cause'), reason: values.get('reason'),
		from: at(values, 'from', t('word.from')), to: at(values, 'to', t('word.to')),
	};
}

/** `fixed`: the service is that of the record and cannot be changed. */
export function OutageForm({ start, fixed, submit, send, onCancel }: {
	start: Start;
	fixed?: boolean;
	submit: string;
	send: (body: Record<string, unknown>) => Promise<string | void>;
	onCancel?: () => void;
}) {
	const { directory } = useWorld();
	const [service, setService] = useState(start.service ?? '');
	const [effect, setEffect] = useState(start.effect ?? 'cause');
	const channels = directory.services.find((s) => s.id === service)?.channels ?? [];
	// who says that the measurement is right says whose fault it was: the rest is known already
	const parties = directory.cause_parties.filter((party) => effect !== 'cause' || party !== 'unknown').map((party) => [party, choice('party', party)] as const);
	const causes = effect === 'cause' ? [['', t('choose')] as const, ...parties] : parties;
	return <Form submit={submit} {...(onCancel ? { onCancel } : {})} send={(values) => send(fixed ? bodyOf(values) : { ...bodyOf(values), service: values.get('service') })}>
		<Select name="effect" label={t('outage.effect')} hint={choice('judge_hint', effect)} value={effect} onInput={setEffect} options={EFFECTS.map((e) => [e, choice('judge', e)] as const)} />
		<div class="pair">
			{!fixed && <Select name="service" label={t('service')} value={service} required onInput={setService} options={[['', t('choose')], ...directory.services.map((s) => [s.id, s.name] as const)]} />}
			{channels.length > 0 && <Select name="channel" label={t('outage.channel')} value={start.channel ?? ''} options={[['', t('outage.channel_all')], ...channels.map((c) => [c.id, c.name] as const)]} />}
		</div>
		<Where chosen={start.municipalities ?? []} all={fixed === true && start.municipalities?.length === 0} />
		<div class="pair">
			<Input name="from" label={t('word.from')} type="datetime-local" value={start.from ? field(Date.parse(start.from)) : ''} required />
			<Input name="to" label={t('word.to')} hint={t('outage.to_hint')} type="datetime-local" value={start.to ? field(Date.parse(start.to)) : ''} />
		</div>
		<Select key={effect === 'cause' ? 'known' : 'any'} name="cause" label={t('word.cause')} hint={t(effect === 'cause' ? 'outage.cause_known' : 'outage.cause_hint')} required={effect === 'cause'}
			value={start.cause && start.cause !== 'unknown' ? start.cause : effect === 'cause' ? '' : 'unknown'} options={causes} />
		<Area name="reason" label={t('reason')} hint={t('outage.reason_hint')} rows={3} maxLength={1000} required />
	</Form>;
}
