// What a municipality objects to, and what it was answered.
import { useState } from 'preact/hooks';
import { may, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { At } from '../../parts/small';
import { Table, type Column } from '../../parts/Table';
import { A } from '../../router';
import { AnswerDialog } from './decide';
import type { Objection } from './fee';

export function Objections({ objections, onDecided }: { objections: Objection[]; onDecided: () => void }) {
	const { me } = useWorld();
	const [answering, answer] = useState<Objection | null>(null);
	const columns: Column<Objection>[] = [
		{ key: 'id', head: t('objection.id'), header: true, cell: (o) => o.id },
		{ key: 'what', head: t('objection.about'), cell: (o) => o.ticket ? <A to={`/arenden/${o.ticket}`}>{o.ticket}</A> : t('f.users') },
		{ key: 'why', head: t('f.reason'), cell: (o) => <span lang="sv">{o.reason}</span> },
		{ key: 'by', head: t('f.by'), cell: (o) => <>{o.author}, <At at={o.raised} /></> },
		{ key: 'state', head: t('f.state'), cell: (o) => choice('objection_state', o.state) },
		{ key: 'answer', head: t('objection.answer'), cell: (o) => o.answer ? <><span lang="sv">{o.answer}</span> ({o.decided_by}, <At at={o.decided} />){o.act && ` ${o.act}`}</>
			: o.state === 'open' && may(me, 'finance') ? <button type="button" onClick={() => answer(o)}>{t('objection.reply')}<span class="unseen"> {o.id}</span></button> : '–' },
	];
	return <section>
		<Table caption={t('objection.title')} rows={objections} keyOf={(o) => o.id} columns={columns} sortName="invandning" />
		{answering && <AnswerDialog objection={answering} onDone={() => { answer(null); onDecided(); }} />}
	</section>;
}
