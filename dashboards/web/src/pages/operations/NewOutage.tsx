// At night, on one page: say what the outage is, tell those who are hit, and see whom to call. Here when nothing is on record yet: from a
// cell of the matrix or from a measured outage (?tjanst&kommun&fran&till), or from nothing.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { post, Problem } from '../../api';
import { may, useWorld } from '../../directory';
import { t } from '../../i18n';
import { Page } from '../../parts/Shell';
import { ProblemBox, Shown } from '../../parts/Shown';
import { At, StateMark } from '../../parts/small';
import { A, go, usePlace } from '../../router';
import { useGet } from '../../use';
import type { Matrix } from './answers';
import { Contacts } from './Contacts';
import { OutageForm, type Start } from './OutageForm';
import { where } from './Outages';
import { PublishForm } from './Publish';

function MeasuredNow({ service, municipalities }: { service: string; municipalities: readonly string[] }) {
	const { directory } = useWorld();
	const matrix = useGet<Matrix>(`/matrix?service=${service}`, 'state');
	return <Shown of={matrix} lines={2}>{(data) => {
		const bad = data.cells.filter((cell) => cell.state !== 'ok' && (municipalities.length === 0 || municipalities.includes(cell.municipality)));
		return bad.length === 0 ? <p><StateMark state="ok" /> {t('outage.well_now')}</p> : <ul class="plain-list">{bad.slice(0, 12).map((cell) => <li key={cell.municipality}>
			<StateMark state={cell.state} /> {where(directory, [cell.municipality])} {cell.since && <>{t('wall.since')} <At at={cell.since} /></>}</li>)}
			{bad.length > 12 && <li class="muted">{t('names.more', { n: bad.length - 12 })}</li>}</ul>;
	}}</Shown>;
}

/** Three steps, in any order. `said` and `told` come from who knows the outage. */
export function Night({ said, told, municipalities }: { said: ComponentChildren; told: ComponentChildren; municipalities: readonly string[] }) {
	return <div class="night">
		<section class="box" aria-labelledby="night-1"><h2 id="night-1">{t('night.judge')}</h2>{said}</section>
		<section class="box" aria-labelledby="night-2"><h2 id="night-2">{t('night.tell')}</h2>{told}</section>
		<section class="box" aria-labelledby="night-3"><h2 id="night-3">{t('night.call')}</h2><Contacts municipalities={municipalities} /></section>
	</div>;
}

export function NewOutage() {
	const { me } = useWorld();
	const { query } = usePlace();
	const [told, setTold] = useState<string | null>(null);
	if (!may(me, 'correct')) return <Page title={t('outage.new')}><ProblemBox problem={new Problem(403, '', '')} /></Page>;

	const municipalities = (query.get('kommun') ?? '').split(',').filter(Boolean);
	const from = query.get('fran'), service = query.get('tjanst') ?? '';
	const start: Start = { service, municipalities, effect: from ? 'cause' : 'down', ...(from ? { from } : {}), to: query.get('till') };
	return <Page title={t('outage.new')}>
		{service !== '' && <section class="box"><h2>{t('outage.measured_now')}</h2><MeasuredNow service={service} municipalities={municipalities} /></section>}
		<Night municipalities={municipalities}
			said={<OutageForm start={start} submit={t('outage.record')} send={async (body) => {
				const { outage } = await post<{ outage?: string }>('/outages', body);
				go(outage ? `/avbrott/${outage}` : '/avbrott', true);
			}} />}
			told={told ? <p role="status">✓ <A to={`/storningar/${told}`}>{t('publish.done')}</A></p> : me.municipality ? <p>{t('publish.region')}</p>
				: service === '' || municipalities.length === 0 ? <p>{t('publish.first')} <A to="/storningar/ny">{t('publish.editor')}</A></p>
				: <PublishForm about={{ service, municipalities, from, state: 'down', outage: null }} onDone={setTold} />} />
	</Page>;
}
