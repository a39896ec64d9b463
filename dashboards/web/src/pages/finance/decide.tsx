// What is decided of a fee: an objection, its answer, a ticket's place in the fee, a closing, and what another person proposed. All of them
// are a reason, given once, under what is asked.
import type { ComponentChildren } from 'preact';
import { post } from '../../api';
import { choice, t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Area, Form, Select } from '../../parts/Form';
import { A } from '../../router';
import type { FeeLine, Objection } from './fee';

const OUTCOMES = ['counts', 'not_counted', 'as_rules'] as const;

/** `body` makes of the form what is posted; without it the reason alone is. */
export function Decide({ title, submit, path, body, label, hint, danger, onDone, children }: {
	title: string;
	submit: string;
	path: string;
	body?: (values: FormData) => object;
	label?: string;
	hint?: string;
	danger?: boolean;
	onDone: (sent: boolean) => void;
	children?: ComponentChildren;
}) {
	return <Dialog title={title} onClose={() => onDone(false)}>
		<Form submit={submit} danger={danger ?? false} onCancel={() => onDone(false)} send={async (values) => {
			await post(path, { ...body?.(values), reason: String(values.get('reason')) });
			onDone(true);
		}}>
			{children}
			<Area name="reason" label={label ?? t('f.reason')} {...(hint ? { hint } : {})} required />
		</Form>
	</Dialog>;
}

/** Where what one has proposed stands, once it has been taken. */
export function Proposed({ sent }: { sent: boolean }) {
	return <p role="status" class="said">{sent && <>✓ {t('wait.proposed')} <A to="/vantar">{t('menu.waiting')}</A></>}</p>;
}

export function OverrideDialog({ line, onDone }: { line: FeeLine; onDone: (sent: boolean) => void }) {
	return <Decide title={t('override.title', { ticket: line.ticket })} submit={t('override.send')} path="/overrides" onDone={onDone}
		body={(values) => ({ ticket: line.ticket, outcome: values.get('outcome') })}>
		<p>{choice('line_kind', line.kind)}: {choice('fee_reason', line.reason)}. {t('close.second')}</p>
		<Select name="outcome" label={t('override.outcome')} options={OUTCOMES.map((o) => [o, choice('outcome', o)])} value={line.kind === 'counted' ? 'not_counted' : 'counts'} />
	</Decide>;
}

/** Without a ticket it is about the number of users. */
export function ObjectDialog({ month, municipality, ticket, onDone }: { month: string; municipality: string; ticket: string | null; onDone: (sent: boolean) => void }) {
	return <Decide title={ticket ? t('objection.to', { what: ticket }) : t('objection.users')} submit={t('objection.send')} path="/objections" onDone={onDone}
		label={t('objection.why')} hint={t('objection.hint')} body={() => ({ month, municipality, ...(ticket ? { ticket } : {}) })} />;
}

export function AnswerDialog({ objection: { id, reason }, onDone }: { objection: Objection; onDone: (sent: boolean) => void }) {
	return <Decide title={t('objection.answer_to', { id })} submit={t('objection.reply')} path={`/objections/${id}/decide`} onDone={onDone}
		body={(values) => ({ accepted: values.get('accepted') === 'ja' })}>
		<p lang="sv">{reason}</p>
		<Select name="accepted" label={t('objection.decision')} options={[['ja', t('objection.accept')], ['nej', t('objection.reject')]]} />
	</Decide>;
}
