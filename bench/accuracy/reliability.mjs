const BINS = 10;
const round = (value, digits) => (Number.isFinite(value) ? Number(value.toFixed(digits)) : null);
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

/**
 * What a set of answers is worth.
 *
 * @param answers - { probability, isRight, isStranger, isNamed }
 */
export function judge(answers) {
  const told = (some) => mean(some.map(({ probability }) => probability));
  const strangers = answers.filter(({ isStranger }) => isStranger);
  const known = answers.filter(({ isStranger }) => !isStranger);
  const percent = (some, all) => round((100 * some.length) / all.length, 1);
  return {
    faces: answers.length,
    right: round(told(answers.filter(({ isRight }) => isRight)), 3),
    strangers: round(told(strangers), 3),
    ece: round(expectedError(answers), 3),
    brier: round(mean(answers.map(({ probability, isRight }) => (probability - Number(isRight)) ** 2)), 4),
    missed: percent(
      known.filter(({ isNamed, isRight }) => !(isNamed && isRight)),
      known,
    ),
    named: percent(
      strangers.filter(({ isNamed }) => isNamed),
      strangers,
    ),
  };
}

/** The answers by what they said, in tenths. */
export function bins(answers) {
  return grouped(answers).map((own, i) => ({
    said: `${i * BINS} - ${(i + 1) * BINS} %`,
    faces: own.length,
    mean: own.length > 0 ? round(mean(own.map(({ probability }) => probability)), 3) : '',
    came: own.length > 0 ? round(mean(own.map(({ isRight }) => Number(isRight))), 3) : '',
  }));
}

/** Expected calibration error: how far the bins' means lie from what came true, weighted by their answers. */
function expectedError(answers) {
  return grouped(answers).reduce((sum, own) => {
    if (own.length === 0) return sum;
    const said = mean(own.map(({ probability }) => probability));
    const came = mean(own.map(({ isRight }) => Number(isRight)));
    return sum + (Math.abs(said - came) * own.length) / answers.length;
  }, 0);
}

function grouped(answers) {
  const place = ({ probability }) => Math.min(BINS - 1, Math.floor(probability * BINS));
  return Array.from({ length: BINS }, (_, i) => answers.filter((answer) => place(answer) === i));
}

/** A reliability diagram for each set of people, side by side. */
export function drawReliability(diagrams) {
  const side = 220;
  const gap = 70;
  const panels = diagrams.map(({ people, bins: own }, i) => {
    const left = 50 + i * (side + gap);
    const x = (value) => left + value * side;
    const y = (value) => 30 + (1 - value) * side;
    const used = own.filter(({ faces }) => faces > 0);
    const most = Math.max(...used.map(({ faces }) => faces));
    const dots = used.map(({ mean: said, came, faces }) => {
      const radius = 2 + 6 * Math.sqrt(faces / most);
      return `<circle cx="${x(said).toFixed(1)}" cy="${y(came).toFixed(1)}" r="${radius.toFixed(1)}"/>`;
    });
    const line = used.map(({ mean: said, came }) => `${x(said).toFixed(1)},${y(came).toFixed(1)}`).join(' ');
    return `<g><text x="${left}" y="18" font-weight="bold">${people.replaceAll('&', '&amp;')}</text>
<rect x="${left}" y="30" width="${side}" height="${side}" fill="none" stroke="#8a94a0"/>
<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#8a94a0" stroke-dasharray="4 4"/>
<polyline points="${line}" fill="none" stroke="#0a7d5a"/><g fill="#0a7d5a">${dots.join('')}</g>
<text x="${left}" y="${y(0) + 18}">0</text><text x="${x(1) - 8}" y="${y(0) + 18}">1</text>
<text x="${left + side / 2 - 20}" y="${y(0) + 34}">said</text><text x="${left - 45}" y="${y(0.5)}">true</text></g>`;
  });
  const width = 50 + diagrams.length * (side + gap);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${side + 80}" font-family="sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
${panels.join('\n')}
</svg>
`;
}
