// Telling those who use a service, from the page where its outage is judged. What is published promises when the next message comes.
import { useRef } from 'preact/hooks';
import { post, Problem } from '../../api';
import { serviceName, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Area, Form, Input } from '../../parts/Form';
import { At } from '../../parts/small';
import { A } from '../../router';
import { clock, field, instant, now } from '../../time';
import type { Disturbance } from './answers';
import { where } from './Outages';

const NEXT_MS = 3_600_000;
const QUARTER_MS = 900_000;

export interface About {
	service: string;
	municipalities: readonly string[];
	from: string | null;
	state: 'down' | 'degraded';
	outage: string | null;
}

export function PublishForm({ about, onDone }: { about: About; onDone: (id: string) => void }) {
	const { directory } = useWorld();
	const draft = useRef<string | null>(null);
	const service = serviceName(directory, about.service), place = where(directory, about.municipalities);
	const next = Math.ceil((now() + NEXT_MS) / QUARTER_MS) * QUARTER_MS;
	const since = about.from ? clock(Date.parse(about.from)) : clock(now());
	return <Form submit={t('publish.send')} send={async (values) => {
		const promised = instant(String(values.get('next_update')));
		if (promised === null) throw new Problem(0, '', t('form.bad_time', { label: t('publish.next') }), 'next_update');
		const content = {
			kind: 'disturbance', services: about.service ? [about.service] : [], municipalities: about.municipalities, outage: about.outage,
			title: values.get('title'), text: values.get('text'), advice: values.get('advice'), started: about.from ?? new Date(now()).toISOString(), next_update: new Date(promised).toISOString(),
		};
		// what was drafted when publishing failed is written over, not drafted again
		if (draft.current) await post(`/disturbances/${draft.current}/draft`, content);
		else draft.current = (await post<{ disturbance?: string; id?: string }>('/disturbances', content)).disturbance ?? null;
		await post(`/disturbances/${draft.current}/publish`, content);
		onDone(draft.current as string);
	}}>
		<Input name="title" label={t('publish.title')} value={t(about.state === 'down' ? 'publish.title_down' : 'publish.title_degraded', { service, where: place })} maxLength={120} required />
		<Area name="text" label={t('publish.text')} value={t(about.state === 'down' ? 'publish.text_down' : 'publish.text_degraded', { service, where: place, since })} maxLength={2000} required />
		<Area name="advice" label={t('publish.advice')} rows={2} value={t('publish.advice_text')} maxLength={2000} />
		<Input name="next_update" label={t('publish.next')} hint={t('publish.next_hint')} type="datetime-local" value={field(next)} required />
	</Form>;
}

export function Published({ disturbances }: { disturbances: readonly Disturbance[] }) {
	return <ul class="plain-list">{disturbances.map((one) => <li key={one.id}>
		<A to={`/storningar/${one.id}`}>{one.title || one.id}</A> <span class="muted">{t(one.state === 'published' ? 'publish.state_published' : one.state === 'draft' ? 'publish.state_draft' : 'publish.state_closed')}</span>
		{one.state === 'published' && one.next_update && <div class={one.overdue ? 'wrong' : 'muted'}>{one.overdue && <span aria-hidden="true">▲ </span>}{t('publish.next')}: <At at={one.next_update} /></div>}
	</li>)}</ul>;
}
