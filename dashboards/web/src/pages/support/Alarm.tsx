// One alarm: what it says, how it came and went, who did what with it, and what became of it.
import { serviceName, useWorld } from '../../directory';
import { choice, t } from '../../i18n';
import { count } from '../../numbers';
import { Page } from '../../parts/Shell';
import { Shown } from '../../parts/Shown';
import { At, Since, Span } from '../../parts/small';
import { Table } from '../../parts/Table';
import { A } from '../../router';
import { useGet } from '../../use';
import { where } from '../operations/Outages';
import { AlarmActs } from './alarmActs';
import { Handled, Severity, Unmapped } from './AlarmList';
import type { AlarmWhole } from './alarms';

function Facts({ of }: { of: AlarmWhole }) {
	const { directory } = useWorld();
	return <dl>
		<dt>{t('alarms.severity')}</dt><dd><Severity of={of.severity} />{of.worst !== of.severity && ` ${t('alarm.was_worst', { severity: choice('severity', of.worst) })}`}</dd>
		<dt>{t('alarm.resource')}</dt><dd>{of.resource}{of.qualifier && ` (${of.qualifier})`}</dd>
		<dt>{t('service')}</dt><dd>{of.service === null ? <Unmapped /> : serviceName(directory, of.service)}</dd>
		<dt>{t('municipality')}</dt><dd>{where(directory, of.municipalities)}</dd>
		<dt>{t('alarm.category')}</dt><dd>{choice('category', of.category)}</dd>
		<dt>{t('ticket.when')}</dt><dd><Span from={of.raised} to={of.ended} />{of.active && <>, <Since at={of.raised} /></>}</dd>
		<dt>{t('alarms.notices')}</dt><dd>{count(of.count)}, {t('alarm.last')} <At at={of.last} /></dd>
		<dt>{t('alarm.sources')}</dt><dd>{of.sources.join(', ')}{of.rule && `, ${t('alarm.rule', { rule: of.rule })}`}</dd>
		<dt>{t('alarms.handled')}</dt><dd>{of.operator === 'none' && of.hidden === 'shown' && !of.ticket ? t('alarm.nobody') : <Handled of={of} />}{of.reason && ` – ${of.reason}`}
			{of.until && <>, {t('until')} <At at={of.until} /></>}{of.false_alarm && `, ${t('alarm.false')}`}</dd>
	</dl>;
}

function Effect({ of }: { of: AlarmWhole }) {
	if (!of.ticket && of.proposals.length === 0 && !of.previous && !of.merged_into) return <p class="muted">{t('alarm.no_effect')}</p>;
	return <ul>
		{of.ticket && <li>{t('tickets.ticket')} <A to={`/arenden/${of.ticket}`}>{of.ticket}</A></li>}
		{of.proposals.map((id) => <li key={id}>{t('alarm.proposal', { id })}</li>)}
		{of.previous && <li>{t('alarm.previous')} <A to={`/larm/${of.previous}`}>{of.previous}</A></li>}
		{of.merged_into && <li>{t('alarm.merged')} <A to={`/larm/${of.merged_into}`}>{of.merged_into}</A></li>}
	</ul>;
}

export function AlarmView({ id }: { id: string }) {
	const asked = useGet<AlarmWhole>(`/alarms/${encodeURIComponent(id)}`, 'alarm');
	return <Page title={t('alarm.title', { id })} aside={<A to="/larm">{t('alarm.all')}</A>}>
		<Shown of={asked} lines={10}>{(of) => <div class="ticket">
			<p class="lead">{of.type}{of.text && `: ${of.text}`}</p>
			<Facts of={of} />
			<AlarmActs of={of} again={asked.again} />
			<h2>{t('alarm.effect')}</h2>
			<Effect of={of} />
			<h2>{t('ticket.history')}</h2>
			<Table caption={t('ticket.history')} hidden rows={of.history} keyOf={({ seq, at }) => `${seq}${at}`} columns={[
				{ key: 'at', head: t('ticket.when'), header: true, cell: ({ at }) => <At at={at} /> },
				{ key: 'what', head: t('alarm.what'), cell: ({ severity, operator, until }) => severity ? <Severity of={severity} /> : <>{choice('operator', operator)}{until && <> {t('until')} <At at={until} /></>}</> },
				{ key: 'text', head: t('alarms.text'), cell: ({ text }) => text },
				{ key: 'who', head: t('alarm.who'), cell: ({ actor, seq }) => <>{actor || '–'} <span class="muted">{t('ticket.row', { seq })}</span></> },
			]} />
		</div>}</Shown>
	</Page>;
}
