// Planning a service window. What it would do is shown while it is written; another person approves it.
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Dialog } from '../../parts/Dialog';
import { Choices, Form, Input, Select, type Values } from '../../parts/Form';
import { instant } from '../../time';
import { Effect, type Planned } from './Effect';
import { municipalityOptions } from './filters';

const REPEATS = { '': '', week: 'FREQ=WEEKLY', fortnight: 'FREQ=WEEKLY;INTERVAL=2', month: 'FREQ=MONTHLY' } as const;

function iso(values: Values, name: string): string | null {
	const at = instant(String(values.get(name) ?? ''));
	return at === null ? null : new Date(at).toISOString();
}

/** Null as long as the times do not make a window. */
function plannedOf(values: Values): Planned | null {
	const from = iso(values, 'from'), to = iso(values, 'to');
	if (from === null || to === null || from >= to) return null;
	return { from, to, services: values.getAll('services').map(String), municipalities: values.getAll('municipalities').map(String), category: String(values.get('category')),
		announced: iso(values, 'announced'), agreed_by: String(values.get('agreed_by')).trim() };
}

function bodyOf(values: Values): Record<string, unknown> {
	const text = (name: string) => String(values.get(name) ?? '').trim();
	const body: Record<string, unknown> = { name: text('name'), category: text('category'), from: iso(values, 'from'), to: iso(values, 'to') };
	for (const name of ['services', 'municipalities']) if (values.has(name)) body[name] = values.getAll(name);
	for (const name of ['agreed_by', 'reason']) if (text(name)) body[name] = text(name);
	const announced = iso(values, 'announced'), rule = REPEATS[text('repeat') as keyof typeof REPEATS];
	if (announced !== null) body.announced = announced;
	if (rule) body.rrule = `${rule};COUNT=${Number(values.get('times')) || 1}`;
	return body;
}

function Where() {
	const { directory } = useWorld();
	return <>
		<Choices name="services" label={t('windows.services')} options={directory.services.map(({ id, name }): [string, string] => [id, name])} />
		<details><summary>{t('windows.municipalities')}</summary>
			<Choices name="municipalities" label={t('municipality')} options={municipalityOptions(directory.municipalities)} /></details>
	</>;
}

export function PlanWindow({ onDone }: { onDone: (window: string | null) => void }) {
	const [planned, plan] = useState<Planned | null>(null);
	const [repeats, setRepeats] = useState('');
	return <Dialog side title={t('windows.plan')} onClose={() => onDone(null)}>
		<Form submit={t('windows.send')} onCancel={() => onDone(null)} send={async (values) => {
			const { window } = await post<{ window: string }>('/windows', bodyOf(values));
			onDone(window);
		}}>
			<div onInput={(event) => plan(plannedOf(new FormData(event.currentTarget.closest('form') as HTMLFormElement)))}>
				<Input name="name" label={t('windows.name')} hint={t('windows.name_hint')} required maxLength={120} />
				<div class="boxes">
					<Input name="from" label={t('windows.from')} type="datetime-local" hint={t('footer.zone')} required />
					<Input name="to" label={t('windows.to')} type="datetime-local" hint={t('footer.zone')} required />
				</div>
				<Select name="category" label={t('windows.category')} options={[['planned', choice('window_category', 'planned')], ['emergency', choice('window_category', 'emergency')]]} />
				<Where />
				<details><summary>{t('windows.more')}</summary><div class="boxes">
					<Input name="announced" label={t('windows.announced')} type="datetime-local" hint={t('windows.announced_hint')} />
					<Input name="agreed_by" label={t('windows.agreed_by')} hint={t('windows.agreed_hint')} maxLength={200} />
					<Select name="repeat" label={t('windows.repeat')} onInput={setRepeats} options={[['', t('windows.once')], ['week', t('windows.weekly')], ['fortnight', t('windows.fortnightly')], ['month', t('windows.monthly')]]} />
					{repeats && <Input name="times" label={t('windows.times')} type="number" min={2} max={52} value={4} required />}
					<Input name="reason" label={t('reason')} maxLength={500} />
				</div></details>
			</div>
			<section class="box" aria-live="polite"><h3>{t('effect.title')}</h3><Effect of={planned} /></section>
		</Form>
	</Dialog>;
}
