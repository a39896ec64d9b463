// What alarms together propose: an outage or a major incident. A person accepts it, with its cause, or says why it is none.
import { useState } from 'preact/hooks';
import type { Stamped } from '../../api';
import { may, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Select } from '../../parts/Form';
import { At } from '../../parts/small';
import { A } from '../../router';
import { useGet } from '../../use';
import { Decide } from '../finance/decide';
import { where } from '../operations/Outages';
import type { Proposal } from './alarms';

function One({ of, again }: { of: Proposal; again: () => void }) {
	const { me, directory } = useWorld();
	const [open, set] = useState<'' | 'accept' | 'refuse'>('');
	const done = () => {
		set('');
		again();
	};
	return <div class="box note">
		<h3>{choice('proposal_kind', of.kind)}: {serviceName(directory, of.service)}</h3>
		<p>{where(directory, of.municipalities)}, {t('proposal.alarms', { n: of.alarm_count })} {t('since')} <At at={of.from} />. {of.alarms.slice(0, 5).map((id) => <span key={id}><A to={`/larm/${id}`}>{id}</A> </span>)}</p>
		{may(me, 'correct') && <p class="buttons">
			<button type="button" class="primary" onClick={() => set('accept')}>{t('proposal.accept')}<span class="unseen"> {of.id}</span></button>
			<button type="button" onClick={() => set('refuse')}>{t('proposal.refuse')}<span class="unseen"> {of.id}</span></button>
		</p>}
		{open === 'accept' && <Decide title={t('proposal.accept_title', { id: of.id })} submit={t('proposal.accept')} path={`/proposals/${of.id}/accept`} hint={t('no_names')} onDone={done} body={(values) => ({ cause: values.get('cause') })}>
			<Select name="cause" label={t('field.cause_party')} value="unknown" options={directory.cause_parties.map((word) => [word, choice('party', word)])} />
		</Decide>}
		{open === 'refuse' && <Decide title={t('proposal.refuse_title', { id: of.id })} submit={t('proposal.refuse')} path={`/proposals/${of.id}/refuse`} hint={t('no_names')} onDone={done} />}
	</div>;
}

export function Proposals() {
	const asked = useGet<{ proposals: Proposal[] } & Stamped>('/proposals', 'alarm', 'act');
	const open = asked.data?.proposals ?? [];
	if (open.length === 0) return null;
	return <section aria-labelledby="proposals">
		<h2 id="proposals">{t('proposal.title', { n: open.length })}</h2>
		<div class="boxes">{open.map((of) => <One key={of.id} of={of} again={asked.again} />)}</div>
	</section>;
}
