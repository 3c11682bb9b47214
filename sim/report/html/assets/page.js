// SPDX-License-Identifier: Apache-2.0
// What a click adds to the page: settings are copied, points sorted and plotted. Everything is
// there without it.
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  // The settings of a point stand as numbers of pieces.
  for (const point of data.points) point[4] = point[4].map((i) => data.pieces[i]).join(' --set ');
  const told = document.getElementById('told');
  const make = (name, attributes = {}, ...children) => {
    const out = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) out.setAttribute(key, value);
    out.append(...children);
    return out;
  };
  const leaf = (text) => text.slice(text.lastIndexOf('/') + 1).replace(/\.(yaml|json)$/, '');
  const labelOf = (key, value) => key.number ? `${key.name} ${value}` : leaf(value);

  // As report/format.cpp: three significant digits and a prefix.
  const prefixes = [[1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''],
    [1e-3, 'm'], [1e-6, 'u'], [1e-9, 'n'], [1e-12, 'p'], [1e-15, 'f']];
  const si = (value, unit) => {
    for (const [factor, letter] of prefixes) {
      if (Math.abs(value) >= factor * (factor === 1e-15 ? 1 : 0.9995)) {
        const scaled = value / factor;
        const size = Math.abs(scaled);
        return `${scaled.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0)} ${letter}${unit}`;
      }
    }
    return `0 ${unit}`;
  };
  const shown = (measure, value) => value === null ? ''
    : measure.unit === '%' ? `${(100 * value).toFixed(1)}%` : si(value, measure.unit);
  const words = (point) => data.keys.map((key, i) => labelOf(key, point[1][i])).join(', ');

  // --- copying -------------------------------------------------------------------------------
  let timer = 0;
  const tell = (text) => {
    told.textContent = text;
    told.classList.add('on');
    clearTimeout(timer);
    timer = setTimeout(() => told.classList.remove('on'), 4000);
  };
  const copyBySelection = (text) => {
    const box = make('textarea', { 'aria-hidden': 'true' });
    box.value = text;
    const before = document.activeElement;
    document.body.append(box);
    box.select();
    const worked = document.execCommand('copy');
    box.remove();
    if (before) before.focus();
    return worked;
  };
  const copy = async (index) => {
    const set = data.points[index][4];
    if (!set) return;
    let worked = false;
    try {
      await navigator.clipboard.writeText(set);
      worked = true;
    } catch {
      worked = copyBySelection(set);
    }
    tell(worked ? `Copied: ${set}` : set);
  };
  document.addEventListener('click', (event) => {
    const mark = event.target.closest('[data-p]');
    if (mark) copy(Number(mark.dataset.p));
  });
  document.addEventListener('keydown', (event) => {
    const mark = event.target.closest('[data-p]');
    if (mark && mark.tagName !== 'BUTTON' && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      copy(Number(mark.dataset.p));
    }
  });

  // --- the table ------------------------------------------------------------------------------
  const table = document.getElementById('points-table');
  const columns = [
    { head: '#', number: true, value: (p) => p[0], cell: (p) => String(p[0]) },
    ...data.keys.map((key, i) => ({
      head: key.name, csv: key.key, text: !key.number, number: key.number,
      value: (p) => key.number ? Number(p[1][i]) : p[1][i],
      raw: (p) => p[1][i],
      cell: (p) => key.number ? p[1][i] : leaf(p[1][i]),
    })),
    ...data.measures.map((measure, i) => ({
      head: measure.name, csv: measure.csv, number: true,
      value: (p) => p[2][i], cell: (p) => shown(measure, p[2][i]),
    })),
    { head: 'bound by', csv: 'bound_by', text: true, value: (p) => p[3], cell: (p) => p[3] },
  ];
  let sorted = 1 + data.keys.length;
  let rising = true;
  const compare = (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    const order = a < b ? -1 : a > b ? 1 : 0;
    return rising ? order : -order;
  };
  const fill = () => {
    const column = columns[sorted];
    const order = data.points.map((p, i) => i);
    order.sort((a, b) => compare(column.value(data.points[a]), column.value(data.points[b])) ||
      a - b);
    const rows = order.map((i) => {
      const row = make('tr', i === data.shown ? { class: 'shown' } : {});
      for (const c of columns) {
        row.append(make('td', c.text ? { class: 'text' } : {}, c.cell(data.points[i])));
      }
      const copyCell = make('td');
      if (data.points[i][4]) {
        copyCell.append(make('button', { class: 'copy', 'data-p': i,
          'aria-label': `copy the settings of ${words(data.points[i])}` }, 'copy'));
      }
      row.append(copyCell);
      return row;
    });
    table.tBodies[0].replaceChildren(...rows);
    [...table.tHead.rows[0].cells].forEach((cell, i) => {
      if (i === sorted) cell.setAttribute('aria-sort', rising ? 'ascending' : 'descending');
      else cell.removeAttribute('aria-sort');
    });
  };
  const quoted = (text) => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const csv = () => [['point', ...columns.slice(1).map((c) => c.csv), 'set'],
    ...data.points.map((p) => [p[0], ...columns.slice(1).map((c) => (c.raw || c.value)(p) ?? ''),
      p[4]])]
    .map((row) => row.map((cell) => quoted(String(cell))).join(',')).join('\n') + '\n';
  const download = () => {
    const link = make('a', { download: `${data.name || 'points'}.csv` });
    link.href = URL.createObjectURL(new Blob([csv()], { type: 'text/csv' }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const prepareTable = () => {
    columns.forEach((column, i) => {
      const cell = table.tHead.rows[0].cells[i];
      const button = make('button', { type: 'button' }, column.head);
      button.addEventListener('click', () => {
        rising = sorted === i ? !rising : true;
        sorted = i;
        fill();
      });
      cell.replaceChildren(button);
    });
    table.tHead.rows[0].append(make('th'));
    const save = make('button', { type: 'button', id: 'csv' }, 'Save as CSV');
    save.addEventListener('click', download);
    document.getElementById('points-note').replaceChildren(
      `${data.points.length} points; a click on a heading sorts. Six significant digits. `, save);
    fill();
  };

  // --- the plot -------------------------------------------------------------------------------
  const live = document.getElementById('live');
  const names = ['blue', 'orange', 'green', 'red', 'purple', 'sky', 'black', 'yellow'];
  const colour = (name) => getComputedStyle(document.documentElement)
    .getPropertyValue(`--${name}`).trim();
  const choice = (name, options, chosen, changed) => {
    const select = make('select', { 'aria-label': name });
    options.forEach((text, i) => select.append(make('option', { value: i }, text)));
    select.value = chosen;
    select.addEventListener('change', () => changed(Number(select.value)));
    return make('label', {}, name, select);
  };
  const isPositive = (i) => data.points.every((p) => Number(p[1][i]) > 0);
  const numbers = data.keys.map((key, i) => i).filter((i) => data.keys[i].number &&
    isPositive(i) && new Set(data.points.map((p) => p[1][i])).size > 1);
  const state = { x: numbers[numbers.length - 1], y: 0, by: 0 };
  let plot = null;

  // A line for each combination of what is not along x.
  const linesOf = () => {
    const lines = new Map();
    for (const point of data.points) {
      if (point[2][state.y] === null || !(point[2][state.y] > 0)) continue;
      const rest = point[1].filter((_, i) => i !== state.x);
      const name = rest.join('\u0000');
      if (!lines.has(name)) {
        lines.set(name, { points: new Map(), by: point[1][state.by],
          words: data.keys.map((key, i) => [key, i]).filter(([, i]) => i !== state.x)
            .map(([key, i]) => labelOf(key, point[1][i])).join(', ') });
      }
      lines.get(name).points.set(Number(point[1][state.x]), point);
    }
    return [...lines.values()];
  };
  const draw = (box, keys, read) => {
    if (plot) plot.destroy();
    const lines = linesOf();
    const xs = [...new Set(data.points.map((p) => Number(p[1][state.x])))].sort((a, b) => a - b);
    const values = [...new Set(data.points.map((p) => p[1][state.by]))];
    const colourOf = (value) => colour(names[values.indexOf(value) % names.length]);
    const measure = data.measures[state.y];
    const axis = { stroke: colour('soft'), font: '12px system-ui',
      grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 } };
    // Powers of ten where there are many ticks, otherwise one digit and zeros.
    const few = (ticks) => ticks.map((t) => {
      const lead = t / 10 ** Math.floor(Math.log10(t) + 1e-9);
      return Math.abs(lead - (ticks.length > 10 ? 1 : Math.round(lead))) < 1e-6 ? t : null;
    });
    plot = new uPlot({
      width: box.clientWidth, height: 400,
      legend: { show: false },
      focus: { alpha: 0.25 },
      cursor: { focus: { prox: 40 }, drag: { x: true, y: true, uni: 20 } },
      scales: { x: { time: false, distr: 3, range: (u, low, high) => [low / 1.12, high * 1.12] },
        y: { distr: 3, range: (u, low, high) => [low / 1.3, high * 1.3] } },
      axes: [
        { ...axis, label: data.keys[state.x].name, labelFont: '12px system-ui', labelSize: 22,
          splits: (u, i, low, high) => xs.filter((x) => x >= low && x <= high),
          filter: (u, ticks) => xs.length <= 14 ? ticks : few(ticks),
          values: (u, ticks) => ticks.map((t) => t === null ? '' : String(t)) },
        { ...axis, size: 70, filter: (u, ticks) => few(ticks),
          grid: { ...axis.grid, filter: (u, ticks) => few(ticks) },
          ticks: { ...axis.ticks, filter: (u, ticks) => few(ticks) }, values: (u, ticks) => ticks.map((t) => t === null ? ''
          : shown(measure, t)) },
      ],
      series: [{}, ...lines.map((line) => ({
        label: line.words, stroke: colourOf(line.by), width: 1.8, spanGaps: true,
        points: { show: true, size: 6, fill: colourOf(line.by) },
      }))],
      hooks: { setCursor: [(u) => {
        const line = lines[focused(u) - 1];
        const point = line && line.points.get(xs[u.cursor.idx]);
        read.textContent = point ? `${words(point)}: ${shown(measure, point[2][state.y])}` +
          `${state.y < 3 ? data.unit.slice(1) : ''}` : 'Point at a line; drag to zoom, double-click to see all.';
      }] },
    }, [xs, ...lines.map((line) => xs.map((x) => {
      const point = line.points.get(x);
      return point ? point[2][state.y] : null;
    }))], box);
    keys.replaceChildren(...values.slice(0, 24).map((value) => {
      const swatch = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      const square = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      swatch.setAttribute('viewBox', '0 0 12 12');
      square.setAttribute('width', '12');
      square.setAttribute('height', '12');
      square.setAttribute('fill', colourOf(value));
      swatch.append(square);
      return make('span', {}, swatch, labelOf(data.keys[state.by], value));
    }));
  };
  const focused = (u) => {
    let best = 0;
    let nearest = 40;
    for (let i = 1; i < u.data.length; ++i) {
      const value = u.cursor.idx === null ? null : u.data[i][u.cursor.idx];
      if (value === null || value === undefined) continue;
      const away = Math.abs(u.valToPos(value, 'y') - u.cursor.top);
      if (away < nearest) { nearest = away; best = i; }
    }
    return best;
  };
  const preparePlot = () => {
    const others = data.keys.map((key, i) => i).filter((i) =>
      new Set(data.points.map((p) => p[1][i])).size > 1);
    state.by = others.find((i) => i !== state.x && data.keys[i].key !== 'variant') ??
      others.find((i) => i !== state.x) ?? state.x;
    const box = make('div', { id: 'plot' });
    const keys = make('div', { class: 'keys' });
    const read = make('div', { class: 'read' }, 'Point at a line; drag to zoom, double-click to see all.');
    const redraw = () => draw(box, keys, read);
    const tools = make('div', { class: 'tools' },
      choice('up', data.measures.map((m) => m.name), 0, (i) => { state.y = i; redraw(); }),
      choice('along', numbers.map((i) => data.keys[i].name), numbers.length - 1,
        (i) => { state.x = numbers[i]; redraw(); }),
      choice('colour', others.map((i) => data.keys[i].name), others.indexOf(state.by),
        (i) => { state.by = others[i]; redraw(); }));
    live.append(tools, keys, box, read);
    redraw();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
    let width = box.clientWidth;
    addEventListener('resize', () => {
      if (box.clientWidth !== width) { width = box.clientWidth; redraw(); }
    });
  };

  document.documentElement.classList.add('js');
  if (table) prepareTable();
  if (live && numbers.length > 0) preparePlot();
})();
