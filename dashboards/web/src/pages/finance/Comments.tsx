// What persons say of missed targets: cause, action, who and when. Signed and dated, apart from what is computed.
import { useState } from 'preact/hooks';
import { post, type Stamped } from '../../api';
import { may, municipalityName, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Area, Form, Input, Select } from '../../parts/Form';
import { At } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { useGet } from '../../use';

interface Comment {
	id: string;
	municipality: string | null;
	kpi: string;
	service: string | null;
	cause: string;
	action: string;
	owner: string;
	due: string | null;
	author: string;
	made: string;
}
const ABOUT = ['availability', 'resolution_met', 'response_met', 'first_line_resolution_share', 'reopen_share', 'backlog', 'open_overdue'] as const;

/** Members of a form that were filled in. */
export function filled(values: FormData, ...names: string[]): Record<string, string> {
	return Object.fromEntries(names.map((name) => [name, String(values.get(name) ?? '').trim()]).filter(([, value]) => value !== ''));
}

function Editor({ month, onDone }: { month: string; onDone: () => void }) {
	const { me, directory } = useWorld();
	return <Dialog title={t('comments.new')} onClose={onDone}>
		<Form submit={t('comments.save')} onCancel={onDone} send={async (values) => {
			await post('/comments', { month, ...filled(values, 'kpi', 'service', 'municipality', 'cause', 'action', 'owner', 'due') });
			onDone();
		}}>
			<Select name="kpi" label={t('report.kpi')} options={ABOUT.map((kpi) => [kpi, choice('kpi', kpi)])} />
			<Select name="service" label={t('f.service')} options={[['', t('services.all')], ...directory.services.map((s) => [s.id, s.name] as const)]} />
			{me.municipality === null && <Select name="municipality" label={t('f.municipality')} options={[['', t('f.region')], ...directory.municipalities.map((m) => [m.code, m.name] as const)]} />}
			<Area name="cause" label={t('comments.cause')} required />
			<Area name="action" label={t('comments.action')} required />
			<Input name="owner" label={t('comments.owner')} hint={t('comments.owner_hint')} required />
			<Input name="due" label={t('comments.due')} type="date" />
		</Form>
	</Dialog>;
}

export function Comments({ month }: { month: string }) {
	const { me, directory } = useWorld();
	const comments = useGet<Stamped & { comments: Comment[] }>(`/comments?month=${month}&limit=1000`, 'act');
	const [writing, write] = useState(false);
	return <section aria-labelledby="comments">
		<h2 id="comments">{t('comments.title')}</h2>
		<Shown of={comments} lines={2}>{(data) => data.comments.length === 0 ? <Empty>{t('comments.none')}</Empty>
			: data.comments.map((c) => <article class="box" key={c.id} lang="sv">
				<h3>{choice('kpi', c.kpi)}{c.service ? `, ${serviceName(directory, c.service)}` : ''}, {c.municipality ? municipalityName(directory, c.municipality) : t('f.region')}</h3>
				<dl>
					<dt>{t('comments.cause')}</dt><dd>{c.cause}</dd>
					<dt>{t('comments.action')}</dt><dd>{c.action}</dd>
					<dt>{t('comments.owner')}</dt><dd>{c.owner}{c.due && <>, {t('comments.by')} {c.due}</>}</dd>
				</dl>
				<p class="muted">{c.id} · {c.author} · <At at={c.made} /></p>
			</article>)}</Shown>
		{may(me, 'correct') && <p><button type="button" onClick={() => write(true)}>{t('comments.new')}</button></p>}
		{writing && <Editor month={month} onDone={() => { write(false); comments.again(); }} />}
	</section>;
}
