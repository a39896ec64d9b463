// What is decided of a fee: an objection, its answer, and a ticket's place in the fee. Who proposes is never who approves.
import { post } from '../../api';
import { choice, t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Area, Form, Select } from '../../parts/Form';
import type { FeeLine, Objection } from './fee';

const OUTCOMES = ['counts', 'not_counted', 'as_rules'] as const;

export function OverrideDialog({ line, onDone }: { line: FeeLine; onDone: () => void }) {
	return <Dialog title={t('override.title', { ticket: line.ticket })} onClose={onDone}>
		<p>{choice('line_kind', line.kind)}: {choice('fee_reason', line.reason)}. {t('close.second')}</p>
		<Form submit={t('override.send')} onCancel={onDone} send={async (values) => {
			await post('/overrides', { ticket: line.ticket, outcome: String(values.get('outcome')), reason: String(values.get('reason')) });
			onDone();
		}}>
			<Select name="outcome" label={t('override.outcome')} options={OUTCOMES.map((o) => [o, choice('outcome', o)])} value={line.kind === 'counted' ? 'not_counted' : 'counts'} />
			<Area name="reason" label={t('f.reason')} required />
		</Form>
	</Dialog>;
}

/** Without a ticket it is about the number of users. */
export function ObjectDialog({ month, municipality, ticket, onDone }: { month: string; municipality: string; ticket: string | null; onDone: () => void }) {
	return <Dialog title={ticket ? t('objection.to', { what: ticket }) : t('objection.users')} onClose={onDone}>
		<Form submit={t('objection.send')} onCancel={onDone} send={async (values) => {
			await post('/objections', { month, municipality, ...(ticket ? { ticket } : {}), reason: String(values.get('reason')) });
			onDone();
		}}><Area name="reason" label={t('objection.why')} hint={t('objection.hint')} required /></Form>
	</Dialog>;
}

export function AnswerDialog({ objection, onDone }: { objection: Objection; onDone: () => void }) {
	return <Dialog title={t('objection.answer_to', { id: objection.id })} onClose={onDone}>
		<p lang="sv">{objection.reason}</p>
		<Form submit={t('objection.answer')} onCancel={onDone} send={async (values) => {
			await post(`/objections/${objection.id}/decide`, { accepted: values.get('accepted') === 'ja', reason: String(values.get('reason')) });
			onDone();
		}}>
			<Select name="accepted" label={t('objection.decision')} options={[['ja', t('objection.accept')], ['nej', t('objection.reject')]]} />
			<Area name="reason" label={t('f.reason')} required />
		</Form>
	</Dialog>;
}

/** Approves at once, rejects with a reason. */
export function Refuse({ title, path, onDone }: { title: string; path: string; onDone: () => void }) {
	return <Dialog title={title} onClose={onDone}>
		<Form submit={t('wait.reject')} danger onCancel={onDone} send={async (values) => {
			await post(path, { reason: String(values.get('reason')) });
			onDone();
		}}><Area name="reason" label={t('f.reason')} required /></Form>
	</Dialog>;
}
