// Telling those who use a service, from the page where its outage is judged. What is published promises when the next message comes.
import { useRef } from 'preact/hooks';
import { post, Problem } from '../../api';
import { serviceName, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Area, Form, Input } from '../../parts/Form';
import { At } from '../../parts/small';
import { A } from '../../router';
import { field, instant, now } from '../../time';
import { promiseAt, told } from '../support/disturbances';
import type { Disturbance } from './answers';

export interface About {
	service: string;
	municipalities: readonly string[];
	from: string | null;
	state: 'down' | 'degraded';
	outage: string | null;
}
const TEXTS = ['title', 'text', 'advice', 'title_en', 'text_en', 'advice_en'] as const;

export function PublishForm({ about, onDone }: { about: About; onDone: (id: string) => void }) {
	const { directory } = useWorld();
	const draft = useRef<string | null>(null);
	const start = told(about.state, about.service ? serviceName(directory, about.service) : '…');
	return <Form submit={t('publish.send')} send={async (values) => {
		const promised = instant(String(values.get('next_update')));
		if (promised === null) throw new Problem(0, '', t('form.bad_time', { label: t('publish.next') }), 'next_update');
		const content = {
			kind: 'disturbance', services: about.service ? [about.service] : [], municipalities: about.municipalities, ...(about.outage ? { outage: about.outage } : {}),
			...Object.fromEntries(TEXTS.map((name) => [name, String(values.get(name) ?? '').trim()])), started: about.from ?? new Date(now()).toISOString(), next_update: new Date(promised).toISOString(),
		};
		// what was drafted when publishing failed is written over, not drafted again
		if (draft.current) await post(`/disturbances/${draft.current}/draft`, content);
		else draft.current = (await post<{ disturbance: string }>('/disturbances', content)).disturbance;
		await post(`/disturbances/${draft.current}/publish`, content);
		onDone(draft.current);
	}}>
		<Input name="title" label={t('publish.title')} value={start.title} maxLength={110} required />
		<Area name="text" label={t('publish.text')} value={start.text} rows={3} maxLength={1900} required />
		<Area name="advice" label={t('publish.advice')} rows={2} value={start.advice} maxLength={1900} />
		<details><summary>{t('told.english')}</summary>
			<Input name="title_en" label={`${t('publish.title')} (English)`} value={start.title_en} maxLength={110} />
			<Area name="text_en" label={`${t('publish.text')} (English)`} value={start.text_en} rows={3} maxLength={1900} />
			<Area name="advice_en" label={`${t('publish.advice')} (English)`} value={start.advice_en} rows={2} maxLength={1900} />
		</details>
		<Input name="next_update" label={t('publish.next')} hint={t('publish.next_hint')} type="datetime-local" value={field(promiseAt(now()))} required />
	</Form>;
}

export function Published({ disturbances }: { disturbances: readonly Pick<Disturbance, 'id' | 'title' | 'state' | 'published'>[] }) {
	return <ul class="plain-list">{disturbances.map((one) => <li key={one.id}>
		<A to={`/storningar/${one.id}`}>{one.title || one.id}</A> <span class="muted">{t(one.state === 'published' ? 'publish.state_published' : one.state === 'draft' ? 'publish.state_draft' : 'publish.state_closed')}</span>
		{one.published && <div class="muted"><At at={one.published} /></div>}
	</li>)}</ul>;
}
