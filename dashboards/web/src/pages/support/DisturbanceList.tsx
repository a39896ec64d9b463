// Disturbances: what is told now, what is drafted, what is over. A promised message that has not come is marked.
import { may, useWorld } from '../../directory';
import type { Me, Stamped } from '../../api';
import { choice, t } from '../../i18n';
import { Page } from '../../parts/Shell';
import { Empty, Shown } from '../../parts/Shown';
import { At, StateMark } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A, here } from '../../router';
import { useGet } from '../../use';
import { where } from '../operations/Outages';
import { services } from '../operations/Wall';
import { Promised } from './AsPublic';
import { stateOf, type Disturbance } from './disturbances';
import { Pager, Pick, question, useKept } from './filters';

export function writes(me: Me): boolean {
	return may(me, 'correct') && me.municipality === null;
}

export function Disturbances() {
	const { me, directory } = useWorld();
	const { query } = here();
	const asked = useKept(useGet<{ disturbances: Disturbance[]; next: number | null } & Stamped>(question('/disturbances', { state: query.get('lage'), cursor: query.get('fran'), limit: '50' }), 'disturbance'));
	const states = ['published', ...(writes(me) ? ['draft'] : []), 'closed'];
	return <Page title={t('menu.disturbances')} wide aside={writes(me) ? <A to="/storningar/ny" class="button primary">{t('told.new')}</A> : <a href="/status">{t('told.public')}</a>}>
		<div class="filters"><Pick name="lage" label={t('tickets.status')} options={[['', t('filter.all')], ...states.map((word): [string, string] => [word, choice('told_state', word)])]} /></div>
		<Shown of={asked}>{({ disturbances, next }) => <>
			{disturbances.length === 0 ? <Empty>{t('told.none')}</Empty> : <Table caption={t('menu.disturbances')} hidden rows={disturbances} keyOf={({ id }) => id} columns={[
				{ key: 'lage', head: t('tickets.status'), cell: (of) => of.state === 'published' ? <StateMark state={stateOf(of)} /> : choice('told_state', of.state) },
				{ key: 'rubrik', head: t('publish.title'), header: true, cell: ({ id, title }) => <A to={`/storningar/${id}`}>{title || id}</A> },
				{ key: 'var', head: t('told.concerns'), cell: (of) => <>{services(directory, of.services)}<br /><span class="muted">{where(directory, of.municipalities)}</span></> },
				{ key: 'sedan', head: t('since_head'), cell: ({ started, ended }) => <><At at={started} />{ended && <>–<At at={ended} /></>}</>, by: ({ started }) => started },
				{ key: 'nasta', head: t('publish.next'), cell: ({ state, next_update, overdue }) => state === 'published' ? <Promised next={next_update} overdue={overdue} /> : '–' },
			]} />}
			<Pager next={next} />
		</>}</Shown>
	</Page>;
}
