// "Väntar på mig": one list of all that needs a second person, or a decision, of those who may give it. Nobody approves its own.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { may, municipalityName, municipalityNames, serviceName, useWorld, type Directory } from '../../directory';
import { choice, t } from '../../i18n';
import { Act as ActButton } from '../../parts/Form';
import { Page } from '../../parts/Shell';
import { At, Span } from '../../parts/small';
import { Empty, Shown } from '../../parts/Shown';
import { A } from '../../router';
import { monthName } from '../../time';
import { useAsk } from './ask';
import { AnswerDialog, Decide } from './decide';
import { stated } from './acts';
import type { Objection } from './fee';
import { waitingOf, type Item, type Waits } from './waits';

function where(directory: Directory, codes: readonly string[]): string {
	return municipalityNames(directory, codes, t('municipalities.all'), (n) => t('names.more', { n }));
}

/** What it is and what it changes, in words. */
function What({ of }: { of: Waits }) {
	const { directory } = useWorld();
	switch (of.kind) {
	case 'act':
		return <>{stated(of.of, directory)}</>;
	case 'objection':
		return <A to={`/avgifter/${of.of.month}/${of.of.municipality}`}>{t('wait.objects', { who: municipalityName(directory, of.of.municipality), what: of.of.ticket ?? t('f.users'), month: monthName(of.of.month) })}</A>;
	case 'outage':
		return <><A to={`/avbrott/${of.of.id}`}>{choice('effect', of.of.effect)}</A>: {serviceName(directory, of.of.service)}, {where(directory, of.of.municipalities)}, <Span from={of.of.from} to={of.of.to} />; {t('f.cause')}: {choice('party', of.of.cause)}</>;
	case 'window':
		return <><A to="/servicefonster">{of.of.name}</A>: {of.of.services.map((id) => serviceName(directory, id)).join(', ') || t('services.all')}, {where(directory, of.of.municipalities)}, <Span from={of.of.from} to={of.of.to} />{of.times > 1 && ` ${t('wait.times', { n: of.times })}`}</>;
	case 'proposal':
		return <>{choice('proposal', of.of.kind)}: {serviceName(directory, of.of.service)}, {where(directory, of.of.municipalities)}, <Span from={of.of.from} to={of.of.to} />; {t('wait.alarms', { n: of.of.alarm_count })}</>;
	}
}

function Row({ item, onDone }: { item: Item; onDone: () => void }) {
	const { me } = useWorld();
	const [asking, ask] = useState(false);
	const own = item.author === me.name;
	const no = own ? t('wait.withdraw') : t('wait.reject');
	const { kind } = item.waits;
	const yes = kind === 'objection' ? <button type="button" class="primary" onClick={() => ask(true)}>{t('objection.reply')}</button>
		: <ActButton label={t('wait.approve')} act={async () => { await post(item.approve, kind === 'proposal' ? { reason: t('wait.accepted') } : {}); onDone(); }} />;
	return <li class="box waiting">
		<h2>{choice('waits', kind)} {item.id}</h2>
		<p><What of={item.waits} /></p>
		{item.reason && <p lang="sv">”{item.reason}”</p>}
		<p class="muted">{item.author ? t('wait.by', { who: item.author }) : t('wait.by_alarms')}{item.since && <>, <At at={item.since} /></>}</p>
		<div class="buttons">
			{own ? <span class="muted">◷ {t('wait.another')}</span> : yes}
			{kind !== 'objection' && item.reject && <button type="button" onClick={() => ask(true)}>{no}</button>}
		</div>
		{asking && kind === 'objection' && <AnswerDialog objection={item.waits.of as Objection} onDone={() => { ask(false); onDone(); }} />}
		{asking && kind !== 'objection' && <Decide title={`${no} ${item.id}`} submit={no} danger path={item.reject} onDone={() => { ask(false); onDone(); }} />}
	</li>;
}

function List({ title, items, onDone }: { title?: ComponentChildren; items: Item[]; onDone: () => void }) {
	return <>{title && <h2>{title}</h2>}<ul class="bare">{items.map((item) => <Row key={item.id} item={item} onDone={onDone} />)}</ul></>;
}

export function Waiting() {
	const { me } = useWorld();
	const finance = may(me, 'finance'), correct = may(me, 'correct');
	const waiting = useAsk('waiting', () => waitingOf(finance, correct), 'act', 'outage', 'window', 'alarm');
	return <Page title={t('menu.waiting')}>
		<Shown of={waiting} lines={6}>{(items) => {
			const mine = items.filter((item) => item.author !== me.name), own = items.filter((item) => item.author === me.name);
			return <>
				{!finance && !correct ? <Empty>{t('wait.no_right')}</Empty> : mine.length === 0 ? <Empty>{t('wait.none')}</Empty> : <List items={mine} onDone={waiting.again} />}
				{own.length > 0 && <List title={t('wait.own')} items={own} onDone={waiting.again} />}
			</>;
		}}</Shown>
	</Page>;
}
