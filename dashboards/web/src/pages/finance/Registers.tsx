// Registers: users of each municipality, contacts, names of resources, prices; and everything that two persons have decided of the fee.
import { useState } from 'preact/hooks';
import { get, post, Problem, type Stamped } from '../../api';
import { may, municipalityName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count } from '../../numbers';
import { Dialog } from '../../parts/Dialog';
import { Area, Form, Input, Select } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { At } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { More, Table } from '../../parts/Table';
import { dayOf, instant, now } from '../../time';
import { useGet } from '../../use';
import { stated } from './acts';
import { useAsk } from './ask';
import { filled } from './Comments';
import { ReadingForms } from './Readings';
import { scaled } from './sheet';
import type { Act } from './fee';

interface Users {
	seq: number;
	municipality: string;
	day: string;
	users: number;
	private_users: number;
	rule: string;
	approver: string;
}

/** The newest reading of each municipality, with the one before. */
export function newestOf(readings: readonly Users[]): { now: Users; before: Users | null }[] {
	const by = new Map<string, Users[]>();
	for (const reading of readings) by.set(reading.municipality, [...(by.get(reading.municipality) ?? []), reading]);
	return [...by.values()].map((list) => list.sort((a, b) => a.day.localeCompare(b.day) || a.seq - b.seq)).map((list) => ({ now: list.at(-1) as Users, before: list.at(-2) ?? null }));
}

function UsersSection() {
	const { me, directory } = useWorld();
	const users = useGet<Stamped & { users: Users[] }>('/registers/users?limit=5000', 'act');
	return <section aria-labelledby="users">
		<h2 id="users">{t('f.users')}</h2>
		{may(me, 'correct') && <ReadingForms onTaken={users.again} />}
		<Shown of={users} lines={10}>{(data) => data.users.length === 0 ? <Empty>{t('users.none')}</Empty>
			: <Table caption={t('users.caption')} rows={newestOf(data.users).sort((a, b) => municipalityName(directory, a.now.municipality).localeCompare(municipalityName(directory, b.now.municipality), 'sv'))}
				keyOf={(row) => row.now.municipality} columns={[
					{ key: 'name', head: t('f.municipality'), header: true, cell: (row) => municipalityName(directory, row.now.municipality), by: (row) => municipalityName(directory, row.now.municipality) },
					{ key: 'users', head: t('f.users'), number: true, cell: (row) => count(row.now.users), by: (row) => row.now.users },
					{ key: 'private', head: t('users.private'), number: true, cell: (row) => count(row.now.private_users), by: (row) => row.now.private_users },
					{ key: 'day', head: t('users.day'), cell: (row) => row.now.day.slice(0, 10), by: (row) => row.now.day },
					{ key: 'before', head: t('users.before'), cell: (row) => row.before ? `${count(row.before.users)} (${row.before.day.slice(0, 10)})` : '–' },
					{ key: 'rule', head: t('users.rule'), cell: (row) => choice('users_rule', row.now.rule) },
				]} />}</Shown>
	</section>;
}

interface Row {
	seq: number;
	key: string;
	municipality: string;
	valid_from: string;
	valid_to: string | null;
	value: Record<string, unknown> | null;
}
const CONTACT = ['level', 'name', 'phone', 'mail', 'hours'] as const;

function RegisterForm({ name, onDone }: { name: 'contacts' | 'aliases'; onDone: () => void }) {
	const { me, directory } = useWorld();
	const members = name === 'contacts' ? CONTACT : ['resource'] as const;
	return <Dialog title={choice('register.new', name)} onClose={onDone}>
		<Form submit={t('register.save')} onCancel={onDone} send={async (values) => {
			const { key, municipality, ...value } = filled(values, 'key', 'municipality', ...members);
			await post(`/registers/${name}`, { key, ...(municipality ? { municipality } : {}), valid_from_ms: instant(`${String(values.get('from'))}T00:00`) ?? now(),
				value: 'level' in value ? { ...value, level: Number(value.level) } : value });
			onDone();
		}}>
			<Input name="key" label={t('register.key')} hint={t('register.key_hint')} required maxLength={100} />
			<Select name="municipality" label={t('f.municipality')} options={[...(me.municipality ? [] : [['', t('f.region')] as const]), ...directory.municipalities.filter((m) => !me.municipality || m.code === me.municipality).map((m) => [m.code, m.name] as const)]} />
			{members.map((member) => <Input key={member} name={member} label={choice('contact', member)} {...(member === 'level' ? { type: 'number' as const, min: 1, max: 9, value: 1 } : {})} required={member === 'level' || member === 'name' || member === 'resource'} />)}
			<Input name="from" label={t('register.from')} type="date" value={dayOf(now())} required />
		</Form>
	</Dialog>;
}

function RegisterSection({ name }: { name: 'contacts' | 'aliases' }) {
	const { me, directory } = useWorld();
	const rows = useGet<Stamped & { rows: Row[] }>(`/registers/${name}?limit=5000`, 'act');
	const [writing, write] = useState(false);
	return <section aria-labelledby={name}>
		<h2 id={name}>{choice('register', name)}</h2>
		<Shown of={rows} lines={3}>{(data) => data.rows.length === 0 ? <Empty>{choice('register.none', name)}</Empty>
			: <Table caption={choice('register', name)} hidden rows={data.rows} keyOf={(row) => String(row.seq)} sortName={name} columns={[
				{ key: 'key', head: t('register.key'), header: true, cell: (row) => row.key, by: (row) => row.key },
				{ key: 'who', head: t('f.municipality'), cell: (row) => row.municipality ? municipalityName(directory, row.municipality) : t('f.region'), by: (row) => row.municipality },
				{ key: 'value', head: t('f.value'), cell: (row) => Object.entries(row.value ?? {}).map(([member, value]) => <div key={member}><span class="muted">{choice('contact', member)}</span> {String(value)}</div>) },
				{ key: 'valid', head: t('register.valid'), cell: (row) => <><At at={row.valid_from} as="day" />{row.valid_to && <>–<At at={row.valid_to} as="day" /></>}</> },
			]} />}</Shown>
		{may(me, 'correct') && <p><button type="button" onClick={() => write(true)}>{choice('register.new', name)}</button></p>}
		{writing && <RegisterForm name={name} onDone={() => { write(false); rows.again(); }} />}
	</section>;
}

/** What was typed, as a whole number of its smallest part. */
function amountOf(values: FormData, decimals: number): number {
	const text = String(values.get('amount') ?? '');
	const value = scaled(text, decimals);
	if (value !== null) return value;
	const wrong = t('price.wrong', { text, n: decimals });
	throw new Problem(422, wrong, wrong, 'amount');
}

function PriceForm({ what, onDone }: { what: 'rate' | 'cost'; onDone: () => void }) {
	return <Dialog title={choice('price.new', what)} onClose={onDone}>
		<p>{t('close.second')}</p>
		<Form submit={t('close.send')} onCancel={onDone} send={async (values) => {
			const shared = { year: Number(values.get('year')), ...filled(values, 'decided', 'document', 'reason') };
			if (what === 'rate') await post('/rates', { ...shared, index: String(values.get('index')), rate_ppb: amountOf(values, 7) });
			else await post('/costs', { ...shared, cost_ore: amountOf(values, 2) });
			onDone();
		}}>
			{what === 'rate' && <Input name="index" label={t('price.index')} hint={t('price.index_hint')} required />}
			<Input name="year" label={t('fee.year')} type="number" min={1970} max={2100} value={dayOf(now()).slice(0, 4)} required />
			<Input name="amount" label={choice('price.amount', what)} inputMode="decimal" placeholder={what === 'rate' ? '2,5' : '1200000,00'} required />
			<Input name="decided" label={t('price.decided')} type="date" required />
			<Input name="document" label={t('price.document')} required />
			<Area name="reason" label={t('f.reason')} required />
		</Form>
	</Dialog>;
}

interface Acts extends Stamped {
	acts: Act[];
	next: number | null;
}

function ActsSection() {
	const { me, directory } = useWorld();
	const [pages, more] = useState(1);
	const [proposing, propose] = useState<'rate' | 'cost' | null>(null);
	const acts = useAsk(`acts ${pages}`, async () => {
		let list: Act[] = [], next: number | null = null;
		for (let i = 0; i < pages && (i === 0 || next !== null); i++) {
			const page: Acts = await get<Acts>(`/acts?state=all${next === null ? '' : `&cursor=${next}`}`);
			list = [...list, ...page.acts];
			next = page.next;
		}
		return { list, next };
	}, 'act');
	return <section aria-labelledby="acts">
		<h2 id="acts">{t('acts.title')}</h2>
		{may(me, 'finance') && <p class="buttons"><button type="button" onClick={() => propose('rate')}>{t('price.new.rate')}</button> <button type="button" onClick={() => propose('cost')}>{t('price.new.cost')}</button></p>}
		<Shown of={acts} lines={5}>{({ list, next }) => list.length === 0 ? <Empty>{t('acts.none')}</Empty> : <>
			<Table caption={t('acts.title')} hidden rows={list} keyOf={(act) => act.id} sortName="beslut" columns={[
				{ key: 'id', head: t('acts.id'), header: true, cell: (act) => act.id, by: (act) => act.id },
				{ key: 'what', head: t('acts.what'), cell: (act) => stated(act, directory) },
				{ key: 'why', head: t('f.reason'), cell: (act) => <span lang="sv">{act.reason}</span> },
				{ key: 'by', head: t('acts.by'), cell: (act) => <>{act.author}, <At at={act.proposed} /></> },
				{ key: 'state', head: t('f.state'), cell: (act) => choice('act_state', act.state), by: (act) => act.state },
				{ key: 'decided', head: t('acts.decided'), cell: (act) => act.decided ? <>{act.decided_by ?? t('fee.by_calendar')}, <At at={act.decided} />{act.decided_reason && <div lang="sv">{act.decided_reason}</div>}</> : '–' },
			]} />
			<More next={next} onMore={() => more(pages + 1)} />
		</>}</Shown>
		{proposing && <PriceForm what={proposing} onDone={() => { propose(null); acts.again(); }} />}
	</section>;
}

export function Registers() {
	return <Page title={t('menu.registers')}><div class="sections">
		<UsersSection />
		<RegisterSection name="contacts" />
		<RegisterSection name="aliases" />
		<ActsSection />
	</div></Page>;
}
