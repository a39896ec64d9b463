// New readings of users: one typed in, or many from a file. A file is read here and shown before anything is sent; what is wrong in it is
// told line by line, and then nothing of it is sent.
import { useState } from 'preact/hooks';
import { post, Problem } from '../../api';
import { municipalityName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count } from '../../numbers';
import { Form, Input, Select } from '../../parts/Form';
import { Table } from '../../parts/Table';
import { dayOf, now } from '../../time';
import { filled } from './Comments';
import { readings, type Reading, type Wrong } from './sheet';

const BYTES_MAX = 100_000;
const RULES = ['licensed', 'active_account', 'logged_in_90d'] as const;

/** One reading under an identity made of what it says: sent twice it is taken once. */
async function send({ line: _, ...reading }: Reading, rule: string, approver: string): Promise<void> {
	await post('/registers/users', { ...reading, rule, ...(approver ? { approver } : {}), event_id: `users/${reading.municipality}/${reading.day}/${reading.users}/${reading.private_users}/${rule}` });
}

function Rule() {
	return <>
		<Select name="rule" label={t('users.rule')} options={RULES.map((rule) => [rule, choice('users_rule', rule)])} />
		<Input name="approver" label={t('users.approver')} hint={t('users.approver_hint')} />
	</>;
}

function One({ onTaken }: { onTaken: () => void }) {
	const { me, directory } = useWorld();
	return <Form submit={t('users.save')} send={async (values) => {
		const { municipality = '', day = '', approver = '' } = filled(values, 'municipality', 'day', 'approver');
		const all = Number(values.get('users'));
		await send({ line: 0, municipality, day, users: all, private_users: Number(values.get('private_users')) }, String(values.get('rule')), approver);
		onTaken();
		return t('users.taken', { n: 1 });
	}}>
		<Select name="municipality" label={t('f.municipality')} options={directory.municipalities.filter((m) => m.member && (!me.municipality || m.code === me.municipality)).map((m) => [m.code, m.name])} />
		<Input name="day" label={t('users.day')} type="date" value={`${dayOf(now()).slice(0, 7)}-01`} required />
		<Input name="users" label={t('f.users')} type="number" min={0} required />
		<Input name="private_users" label={t('users.private')} type="number" min={0} value={0} required />
		<Rule />
	</Form>;
}

function Preview({ rows }: { rows: Reading[] }) {
	const { directory } = useWorld();
	return <Table caption={t('users.preview', { n: rows.length })} rows={rows} keyOf={(row) => `${row.municipality} ${row.day}`} sortName="fil" columns={[
		{ key: 'name', head: t('f.municipality'), header: true, cell: (row) => municipalityName(directory, row.municipality) },
		{ key: 'day', head: t('users.day'), cell: (row) => row.day },
		{ key: 'users', head: t('f.users'), number: true, cell: (row) => count(row.users) },
		{ key: 'private', head: t('users.private'), number: true, cell: (row) => count(row.private_users) },
	]} />;
}

function Many({ onTaken }: { onTaken: () => void }) {
	const { directory } = useWorld();
	const [read, set] = useState<{ rows: Reading[]; wrong: Wrong[] } | null>(null);
	const [tooLarge, refuse] = useState(false);
	const onFile = async (event: Event) => {
		const file = (event.currentTarget as HTMLInputElement).files?.[0];
		refuse((file?.size ?? 0) > BYTES_MAX);
		set(file && file.size <= BYTES_MAX ? readings(await file.text(), new Set(directory.municipalities.filter((m) => m.member).map((m) => m.code))) : null);
	};
	return <>
		<div class="field"><label for="file">{t('users.file')}</label><p class="muted" id="file-hint">{t('users.file_hint')}</p>
			<input id="file" type="file" accept=".csv,text/csv" aria-describedby="file-hint" onChange={(event) => void onFile(event)} /></div>
		{tooLarge && <p class="wrong" role="alert">✕ {t('users.too_large', { kb: BYTES_MAX / 1000 })}</p>}
		{read && read.wrong.length > 0 && <div class="box note" role="alert"><h3>{t('users.wrong', { n: read.wrong.length })}</h3>
			<ul>{read.wrong.map((w) => <li key={`${w.line}${w.what}`}>{t('users.line', { n: w.line })} {choice('users_wrong', w.what)}: ”{w.value}”</li>)}</ul></div>}
		{read && read.wrong.length === 0 && read.rows.length === 0 && <p class="wrong" role="alert">✕ {t('users.empty')}</p>}
		{read && read.wrong.length === 0 && read.rows.length > 0 && <>
			<Preview rows={read.rows} />
			<Form submit={t('users.send', { n: read.rows.length })} send={async (values) => {
				for (const row of read.rows) {
					await send(row, String(values.get('rule')), String(values.get('approver') ?? '')).catch((problem: Problem) => {
						throw new Problem(problem.status, problem.title, `${t('users.line', { n: row.line })} ${problem.detail || problem.title}`);
					});
				}
				onTaken();
				return t('users.taken', { n: read.rows.length });
			}}><Rule /></Form>
		</>}
	</>;
}

export function ReadingForms({ onTaken }: { onTaken: () => void }) {
	return <div class="boxes">
		<details class="box"><summary>{t('users.one')}</summary><One onTaken={onTaken} /></details>
		<details class="box"><summary>{t('users.many')}</summary><Many onTaken={onTaken} /></details>
	</div>;
}
