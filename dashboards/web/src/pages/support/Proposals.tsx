// What alarms together propose: an outage or a major incident. A person accepts it, with its cause, or says why it is none.
import { useState } from 'preact/hooks';
import { post, type Stamped } from '../../api';
import { may, municipalityNames, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Area, Form, Select } from '../../parts/Form';
import { At } from '../../parts/small';
import { A, go } from '../../router';
import { useGet } from '../../use';
import type { Proposal } from './alarms';

function Decide({ of, accepts, onDone }: { of: Proposal; accepts: boolean; onDone: () => void }) {
	const { directory } = useWorld();
	return <Dialog title={accepts ? t('proposal.accept_title', { id: of.id }) : t('proposal.refuse_title', { id: of.id })} onClose={onDone}>
		<Form submit={accepts ? t('proposal.accept') : t('proposal.refuse')} onCancel={onDone} send={async (values) => {
			const reason = String(values.get('reason')).trim();
			const { outage } = await post<{ outage?: string }>(`/proposals/${of.id}/${accepts ? 'accept' : 'refuse'}`, accepts ? { reason, cause: values.get('cause') } : { reason });
			onDone();
			if (outage) go(`/avbrott/${outage}`);
		}}>
			{accepts && <Select name="cause" label={t('field.cause_party')} value="unknown" options={directory.cause_parties.map((word): [string, string] => [word, choice('party', word)])} />}
			<Area name="reason" label={t('reason')} hint={t('no_names')} required rows={2} maxLength={500} />
		</Form>
	</Dialog>;
}

function One({ of, again }: { of: Proposal; again: () => void }) {
	const { me, directory } = useWorld();
	const [open, set] = useState<'' | 'accept' | 'refuse'>('');
	const where = municipalityNames(directory, of.municipalities, t('municipalities.all'), (n) => t('names.more', { n }));
	const done = () => {
		set('');
		again();
	};
	return <div class="box note">
		<h3>{choice('proposal_kind', of.kind)}: {serviceName(directory, of.service)}</h3>
		<p>{where}, {t('proposal.alarms', { n: of.alarm_count })} {t('since')} <At at={of.from} />. {of.alarms.slice(0, 5).map((id) => <span key={id}><A to={`/larm/${id}`}>{id}</A> </span>)}</p>
		{may(me, 'correct') && <p class="buttons">
			<button type="button" class="primary" onClick={() => set('accept')}>{t('proposal.accept')}<span class="unseen"> {of.id}</span></button>
			<button type="button" onClick={() => set('refuse')}>{t('proposal.refuse')}<span class="unseen"> {of.id}</span></button>
		</p>}
		{open !== '' && <Decide of={of} accepts={open === 'accept'} onDone={done} />}
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
