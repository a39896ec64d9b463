// One cell of the matrix: how it is, since when, what the newest probes said, and where to go from there.
import { may, municipalityName, serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import type { Stamped } from '../../api';
import { Dialog } from '../../parts/Dialog';
import { At, Since, StateMark } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { A } from '../../router';
import { monthOf, now } from '../../time';
import { useGet } from '../../use';
import type { MatrixCell, Timeline } from './answers';
import { Months } from './Months';
import { ProbeTable, type Probe } from './ProbeTable';

export interface Agents extends Stamped {
	agents: { source: string; received: string | null; silent: boolean; samples: number; late: number; dropped: number; offset_ms: number; probes: Probe[] }[];
}

function Probes({ cell }: { cell: MatrixCell }) {
	const agents = useGet<Agents>('/agents', 'state');
	return <Shown of={agents} lines={2}>{(data) => {
		const probes = data.agents.flatMap((agent) => agent.probes.map((probe) => ({ ...probe, source: agent.source })))
			.filter((probe) => probe.service === cell.service && (probe.municipality ?? cell.municipality) === cell.municipality);
		return probes.length === 0 ? <Empty>{t('probes.none')}</Empty> : <ProbeTable probes={probes} />;
	}}</Shown>;
}

function Facts({ cell }: { cell: MatrixCell }) {
	return <dl>
		<dt>{t('cell.now')}</dt><dd><StateMark state={cell.state} /> {cell.since && cell.state !== 'ok' && <>{t('wall.since')} <At at={cell.since} /> · <Since at={cell.since} /></>}</dd>
		<dt>{t('cell.measured')}</dt><dd>{choice('measured', cell.measured)}{cell.pending && ` (${t('cell.pending')})`}</dd>
		{cell.cause && <><dt>{t('word.cause')}</dt><dd>{choice('party', cell.cause)}</dd></>}
		{cell.window && <><dt>{t('word.window')}</dt><dd><A to="/servicefonster">{cell.window}</A></dd></>}
		{cell.record && <><dt>{t('cell.record')}</dt><dd><A to={`/avbrott/${cell.record}`}>{cell.record}</A></dd></>}
	</dl>;
}

export function CellDetail({ cell, onClose }: { cell: MatrixCell; onClose: () => void }) {
	const { me, directory } = useWorld();
	const month = monthOf(now());
	const query = `service=${cell.service}&municipality=${cell.municipality}`;
	const timeline = useGet<Timeline>(`/availability/timeline?month=${month}&${query}`, 'state');
	const bad = cell.state === 'down' || cell.state === 'degraded' || cell.measured === 'down' || cell.measured === 'degraded';
	return <Dialog side title={`${serviceName(directory, cell.service)}, ${municipalityName(directory, cell.municipality)}`} onClose={onClose}>
		<Facts cell={cell} />
		<p class="buttons">
			<A class="button" to={`/avbrott?manad=${month}&kommun=${cell.municipality}&tjanst=${cell.service}`}>{t('cell.timeline')}</A>
			{may(me, 'correct') && !cell.record && <A class="button" to={`/avbrott/ny?tjanst=${cell.service}&kommun=${cell.municipality}${bad && cell.since ? `&fran=${cell.since}` : ''}`}>{t(bad ? 'cell.confirm' : 'outage.new')}</A>}
		</p>
		<h3>{t('cell.probes')}</h3>
		<Probes cell={cell} />
		<h3>{t('cell.month')}</h3>
		<Shown of={timeline} lines={2}>{(data) => <Months timeline={data} name={t('cell.month')} />}</Shown>
	</Dialog>;
}
