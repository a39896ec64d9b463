// What is done with an alarm: taken, put aside for a time with a reason, closed, made a ticket.
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { may, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Act, Area, Choices, Form, Input } from '../../parts/Form';
import { go } from '../../router';
import { field, instant, now } from '../../time';
import type { Alarm } from './alarms';

const SHELVED_MS = 8 * 3_600_000;

function Shelve({ id, onDone }: { id: string; onDone: () => void }) {
	return <Dialog title={t('alarm.shelve_title', { id })} onClose={onDone}>
		<Form submit={t('alarm.shelve')} onCancel={onDone} send={async (values) => {
			const until = instant(String(values.get('until')));
			await post(`/alarms/${id}/shelve`, { reason: String(values.get('reason')).trim(), ...(until !== null ? { until: new Date(until).toISOString() } : {}) });
			onDone();
		}}>
			<Area name="reason" label={t('reason')} hint={t('no_names')} required rows={2} maxLength={500} />
			<Input name="until" label={t('alarm.until')} type="datetime-local" hint={t('alarm.until_hint')} value={field(now() + SHELVED_MS)} />
		</Form>
	</Dialog>;
}

function Close({ id, onDone }: { id: string; onDone: () => void }) {
	return <Dialog title={t('alarm.close_title', { id })} onClose={onDone}>
		<Form submit={t('alarm.close')} onCancel={onDone} send={async (values) => {
			await post(`/alarms/${id}/close`, { reason: String(values.get('reason')).trim(), false_alarm: values.has('false_alarm') });
			onDone();
		}}>
			<Area name="reason" label={t('reason')} hint={t('no_names')} rows={2} maxLength={500} />
			<Choices name="false_alarm" label={t('alarm.kind')} options={[['yes', t('alarm.false')]]} />
		</Form>
	</Dialog>;
}

export function Acknowledge({ of, again }: { of: Alarm; again: () => void }) {
	return <Act label={t('alarm.acknowledge')} act={async () => {
		await post(`/alarms/${of.id}/acknowledge`);
		again();
	}} />;
}

export function canAcknowledge(of: Alarm): boolean {
	return of.active && (of.operator === 'none' || of.operator === 'un-shelved');
}

export function AlarmActs({ of, again }: { of: Alarm; again: () => void }) {
	const { me } = useWorld();
	const [open, set] = useState<'' | 'shelve' | 'close'>('');
	const done = () => {
		set('');
		again();
	};
	if (!may(me, 'work')) return null;
	return <>
		<div class="buttons">
			{canAcknowledge(of) && <Acknowledge of={of} again={again} />}
			{of.active && of.operator !== 'shelved' && <button type="button" onClick={() => set('shelve')}>{t('alarm.shelve')}</button>}
			{of.operator === 'shelved' && <Act label={t('alarm.unshelve')} act={async () => {
				await post(`/alarms/${of.id}/unshelve`);
				again();
			}} />}
			{of.ticket === null && <Act label={t('alarm.make_ticket')} act={async () => {
				const { ticket } = await post<{ ticket: string }>(`/alarms/${of.id}/ticket`);
				go(`/arenden/${ticket}`);
			}} />}
			{of.operator !== 'closed' && <button type="button" onClick={() => set('close')}>{t('alarm.close')}</button>}
		</div>
		{open === 'shelve' && <Shelve id={of.id} onDone={done} />}
		{open === 'close' && <Close id={of.id} onDone={done} />}
	</>;
}
