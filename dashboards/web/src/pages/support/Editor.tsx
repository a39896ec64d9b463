// Writing a disturbance: templates in both languages, the preview beside it, and the promise of when the next message comes.
import { useRef, useState } from 'preact/hooks';
import { post, Problem } from '../../api';
import { useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { Act, Area, Choices, Form, Input, Select, type Values } from '../../parts/Form';
import { field, instant, now } from '../../time';
import { services } from '../operations/Wall';
import { AsPublic } from './AsPublic';
import { promiseAt, told, TEMPLATES, type Content, type Disturbance, type Template } from './disturbances';
import { municipalityOptions } from './filters';

const TEXT = ['title', 'text', 'advice', 'title_en', 'text_en', 'advice_en'] as const;

function contentOf(values: Values, outage: string | null): Content {
	const iso = (name: string) => {
		const at = instant(String(values.get(name) ?? ''));
		return at === null ? null : new Date(at).toISOString();
	};
	const content = { kind: values.get('kind'), services: values.getAll('services'), municipalities: values.getAll('municipalities'), started: iso('started') ?? new Date(now()).toISOString(),
		next_update: iso('next_update'), outage } as Content;
	for (const name of TEXT) content[name] = String(values.get(name) ?? '').trim();
	return content;
}

/** What the API takes: nothing is stated of what is not there. */
function bodyOf(content: Content): object {
	return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== null));
}

export function emptyContent(change: Partial<Content> = {}): Content {
	return { kind: 'disturbance', services: [], municipalities: [], title: '', text: '', advice: '', title_en: '', text_en: '', advice_en: '', started: new Date(now()).toISOString(), next_update: null, outage: null, ...change };
}

function Fields({ of }: { of: Content }) {
	const { directory } = useWorld();
	const [narrowed] = useState(of.municipalities.length > 0), [translated] = useState(of.title_en !== '');
	return <>
		<Select name="kind" label={t('windows.category')} value={of.kind} options={[['disturbance', choice('told_kind', 'disturbance')], ['planned', choice('told_kind', 'planned')]]} />
		<Choices name="services" label={t('windows.services')} chosen={of.services} options={directory.services.filter(({ component }) => !component).map(({ id, name }): [string, string] => [id, name])} />
		<details open={narrowed}><summary>{t('windows.municipalities')}</summary>
			<Choices name="municipalities" label={t('municipality')} chosen={of.municipalities} options={municipalityOptions(directory.municipalities)} /></details>
		<Input name="title" label={t('publish.title')} hint={t('told.hint')} value={of.title} required maxLength={110} />
		<Area name="text" label={t('publish.text')} value={of.text} required maxLength={1900} />
		<Area name="advice" label={t('told.advice')} value={of.advice} rows={2} maxLength={1900} />
		<details open={translated}><summary>{t('told.english')}</summary>
			<Input name="title_en" label={`${t('publish.title')} (English)`} value={of.title_en} maxLength={110} />
			<Area name="text_en" label={`${t('publish.text')} (English)`} value={of.text_en} maxLength={1900} />
			<Area name="advice_en" label={`${t('told.advice')} (English)`} value={of.advice_en} rows={2} maxLength={1900} />
		</details>
		<div class="boxes">
			<Input name="started" label={t('windows.from')} type="datetime-local" hint={t('footer.zone')} value={field(Date.parse(of.started))} required />
			<Input name="next_update" label={t('publish.next')} type="datetime-local" hint={t('publish.next_hint')} value={of.next_update ? field(Date.parse(of.next_update)) : ''} required />
		</div>
	</>;
}

/** `of` null: a new one. `onDone` is told its id. */
export function Editor({ of, start, onDone }: { of: Disturbance | null; start: Content; onDone: (id: string) => void }) {
	const { directory } = useWorld();
	const [content, set] = useState<Content>({ ...start, next_update: new Date(promiseAt(now())).toISOString() });
	const [filled, fill] = useState(0);
	const box = useRef<HTMLDivElement>(null);
	const id = useRef<string | null>(of?.id ?? null);
	const published = of?.state === 'published';
	const written = () => contentOf(new FormData(box.current?.querySelector('form') as HTMLFormElement), start.outage);

	/** What was drafted when publishing failed is written over, not drafted again. */
	const draft = async (what: Content) => {
		if (id.current) await post(`/disturbances/${id.current}/draft`, bodyOf(what));
		else id.current = (await post<{ disturbance: string }>('/disturbances', bodyOf(what))).disturbance;
		return id.current;
	};
	const publish = async (values: Values) => {
		const what = contentOf(values, start.outage);
		if (what.next_update === null) throw new Problem(0, '', t('told.need_next'), 'next_update');
		const drafted = published && id.current ? id.current : await draft(what);
		await post(`/disturbances/${drafted}/publish`, bodyOf(what));
		onDone(drafted);
	};
	const use = (template: Template) => {
		const content = written();
		set({ ...content, ...told(template, services(directory, content.services)), kind: template === 'planned' ? 'planned' : 'disturbance' });
		fill(filled + 1);
	};
	return <div class="editor">
		<div ref={box} onInput={() => set(written())}>
			<p class="buttons">{t('told.templates')} {TEMPLATES.map((template) => <button type="button" key={template} onClick={() => use(template)}>{choice('told_template', template)}</button>)}</p>
			<Form key={filled} submit={published ? t('told.update') : t('publish.send')} send={publish}><Fields of={content} /></Form>
			{!published && <p class="buttons"><Act label={t('told.save')} act={async () => onDone(await draft(written()))} /></p>}
		</div>
		<section aria-label={t('told.preview')} class="preview">
			<h2>{t('told.preview')}</h2>
			<AsPublic of={{ ...content, state: 'published', overdue: false, ended: null }} />
		</section>
	</div>;
}
