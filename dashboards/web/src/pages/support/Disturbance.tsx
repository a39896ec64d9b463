// One disturbance: what the public reads, everything that was told, and for who publishes the editor.
import { useState } from 'preact/hooks';
import { post, type Stamped } from '../../api';
import { may, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Area, Form, Input } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { At } from '../../parts/small';
import { A, go, here } from '../../router';
import { field, instant, now } from '../../time';
import { useGet } from '../../use';
import { services } from '../operations/Wall';
import { AsPublic, Promised, Say } from './AsPublic';
import { writes } from './DisturbanceList';
import { told, type Disturbance as Whole } from './disturbances';
import { Editor, emptyContent } from './Editor';

function Close({ of, onDone }: { of: Whole; onDone: () => void }) {
	const { directory } = useWorld();
	const solved = told('solved', services(directory, of.services));
	return <Dialog title={t('told.close_title', { id: of.id })} onClose={onDone}>
		<Form submit={t('told.close')} onCancel={onDone} send={async (values) => {
			const ended = instant(String(values.get('ended')));
			await post(`/disturbances/${of.id}/close`, { text: values.get('text'), text_en: values.get('text_en'), ...(ended !== null ? { ended: new Date(ended).toISOString() } : {}) });
			onDone();
		}}>
			<Input name="ended" label={t('told.ended')} type="datetime-local" hint={t('footer.zone')} value={field(now())} required />
			<Area name="text" label={t('told.last')} value={solved.text} required rows={2} maxLength={1900} />
			<Area name="text_en" label={`${t('told.last')} (English)`} value={solved.text_en} rows={2} maxLength={1900} />
		</Form>
	</Dialog>;
}

function Story({ of }: { of: Whole }) {
	if (of.messages.length === 0) return <p class="muted">{t('told.never')}</p>;
	return <ol class="facts-list">{[...of.messages].sort((a, b) => b.seq - a.seq).map((message) => <li key={message.seq}>
		<p><At at={message.at} /> · {message.author}{message.closing && ` · ${t('told.closed')}`}</p>
		{message.title !== of.title && <strong><Say of={message} name="title" /></strong>}
		<Say of={message} name="text" />
		<Say of={message} name="advice" />
		<p class="muted"><Promised next={message.next_update} overdue={false} /></p>
	</li>)}</ol>;
}

function Told({ of, again }: { of: Whole; again: () => void }) {
	const { me } = useWorld();
	const [closing, close] = useState(false);
	const edits = writes(me) && of.state !== 'closed';
	return <>
		{of.overdue && <p class="box note" role="status"><span aria-hidden="true">▲ </span>{t('told.overdue')} <At at={of.next_update} /></p>}
		<div class="buttons">
			{of.outage && <A to={`/avbrott/${of.outage}`}>{t('told.outage', { id: of.outage })}</A>}
			{of.published && <a href={`/status/${of.id}`}>{t('told.public')}</a>}
			{edits && of.state === 'published' && <button type="button" onClick={() => close(true)}>{t('told.close')}</button>}
		</div>
		{edits ? <Editor key={of.id + of.updated} of={of} start={of} onDone={again} /> : <AsPublic of={of} />}
		<h2>{t('told.story')}</h2>
		<Story of={of} />
		{closing && <Close of={of} onDone={() => { close(false); again(); }} />}
	</>;
}

export function DisturbanceView({ id }: { id: string }) {
	const asked = useGet<Whole>(`/disturbances/${encodeURIComponent(id)}`, 'disturbance');
	return <Page title={t('told.title', { id })} wide aside={<A to="/storningar">{t('told.all')}</A>}>
		<Shown of={asked} lines={10}>{(of) => <Told of={of} again={asked.again} />}</Shown>
	</Page>;
}

interface Outage extends Stamped {
	effect: string;
	service: string;
	municipalities: string[];
	from: string;
}

/** `?avbrott=O-7`: about an outage that was recorded. */
export function NewDisturbance() {
	const { me, directory } = useWorld();
	const outage = here().query.get('avbrott');
	const asked = useGet<Outage>(outage && may(me, 'read') ? `/outages/${encodeURIComponent(outage)}` : null);
	const opened = (id: string) => go(`/storningar/${id}`);
	if (!writes(me)) return <Page title={t('told.new')}><Empty>{t('publish.region')} <a href="/status">{t('told.public')}</a></Empty></Page>;
	return <Page title={t('told.new')} wide>
		{outage === null ? <Editor of={null} start={emptyContent()} onDone={opened} />
			: <Shown of={asked} lines={10}>{({ effect, service, municipalities, from }) => <Editor of={null} onDone={opened} start={emptyContent({
				...told(effect === 'degraded' ? 'degraded' : 'down', services(directory, [service])), services: [service], municipalities, started: from, outage })} />}</Shown>}
	</Page>;
}
