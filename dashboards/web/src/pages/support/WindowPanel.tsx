// One service window: what it is, what it would do while it waits for approval, and what can be done with it.
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { may, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Act } from '../../parts/Form';
import { At, Span } from '../../parts/small';
import { now } from '../../time';
import { Decide } from '../finance/decide';
import { where } from '../operations/Outages';
import { services } from '../operations/Wall';
import { Effect } from './Effect';
import { daysAhead, stageOf, type Window } from './windows';

function Acts({ of, again }: { of: Window; again: () => void }) {
	const { me } = useWorld();
	const [withdrawing, withdraw] = useState(false);
	const act = (what: string) => async () => {
		await post(`/windows/${of.id}/${what}`);
		again();
	};
	const approvable = of.waits || (of.withdrawn && of.withdrawal_approved_by === '');
	const mine = of.withdrawn ? of.withdrawn_by === me.name : of.author === me.name;
	if (!may(me, 'correct') || me.municipality !== null) return null;
	return <><div class="buttons">
		{approvable && !mine && <Act label={of.withdrawn ? t('windows.approve_withdrawal') : t('windows.approve')} act={act('approve')} />}
		{approvable && mine && <p>{t('windows.another')}</p>}
		{!of.withdrawn && of.started === null && of.ended === null && <Act label={t('windows.start')} act={act('start')} />}
		{!of.withdrawn && of.started !== null && of.ended === null && <Act label={t('windows.end')} act={act('end')} />}
		{!of.withdrawn && of.ended === null && <button type="button" class="danger" onClick={() => withdraw(true)}>{t('windows.withdraw')}</button>}
	</div>
	{withdrawing && <Decide danger title={t('windows.withdraw')} submit={t('windows.withdraw')} path={`/windows/${of.id}/withdraw`} onDone={() => { withdraw(false); again(); }} />}</>;
}

export function WindowPanel({ of, onClose, again }: { of: Window; onClose: () => void; again: () => void }) {
	const { directory } = useWorld();
	const ahead = daysAhead(of);
	return <Dialog side title={of.name} onClose={onClose}>
		<dl>
			<dt>{t('windows.number')}</dt><dd>{of.id}{of.rrule && ` (${t('windows.repeats')})`}</dd>
			<dt>{t('tickets.status')}</dt><dd>{choice('window_stage', stageOf(of, now()))}</dd>
			<dt>{t('ticket.when')}</dt><dd><Span from={of.from} to={of.to} /></dd>
			{of.started && <><dt>{t('windows.really')}</dt><dd><Span from={of.started} to={of.ended} /></dd></>}
			<dt>{t('service')}</dt><dd>{services(directory, of.services)}</dd>
			<dt>{t('municipality')}</dt><dd>{where(directory, of.municipalities)}</dd>
			<dt>{t('windows.category')}</dt><dd>{choice('window_category', of.category)}</dd>
			<dt>{t('windows.announced')}</dt><dd><At at={of.announced} />{ahead !== null && `, ${t('windows.ahead', { n: Math.max(ahead, 0) })}`}{of.agreed_by && `, ${t('windows.agreed', { who: of.agreed_by })}`}</dd>
			<dt>{t('windows.author')}</dt><dd>{of.author}{of.approved_by && `, ${t('windows.approved_by', { who: of.approved_by })}`}</dd>
			{of.withdrawn && <><dt>{t('windows.withdrawn')}</dt><dd>{of.withdrawn_by}: {of.withdrawn_reason}</dd></>}
			{of.reason && <><dt>{t('reason')}</dt><dd>{of.reason}</dd></>}
		</dl>
		{of.waits && <section class="box"><h3>{t('effect.title')}</h3><Effect of={of} /></section>}
		<Acts of={of} again={again} />
	</Dialog>;
}
