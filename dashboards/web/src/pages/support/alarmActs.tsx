// What is done with an alarm: taken, put aside for a time with a reason, closed, made a ticket.
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { may, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Act, Choices, Input } from '../../parts/Form';
import { go } from '../../router';
import { field, instant, now } from '../../time';
import { Decide } from '../finance/decide';
import type { Alarm } from './alarms';

const SHELVED_MS = 8 * 3_600_000;

function Shelve({ id, onDone }: { id: string; onDone: () => void }) {
	return <Decide title={t('alarm.shelve_title', { id })} submit={t('alarm.shelve')} path={`/alarms/${id}/shelve`} hint={t('no_names')} onDone={onDone} body={(values) => {
		const until = instant(String(values.get('until')));
		return until === null ? {} : { until: new Date(until).toISOString() };
	}}>
		<Input name="until" label={t('alarm.until')} type="datetime-local" hint={t('alarm.until_hint')} value={field(now() + SHELVED_MS)} />
	</Decide>;
}

function Close({ id, onDone }: { id: string; onDone: () => void }) {
	return <Decide title={t('alarm.close_title', { id })} submit={t('alarm.close')} path={`/alarms/${id}/close`} hint={t('no_names')} onDone={onDone} body={(values) => ({ false_alarm: values.has('false_alarm') })}>
		<Choices name="false_alarm" label={t('alarm.kind')} options={[['yes', t('alarm.false')]]} />
	</Decide>;
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
