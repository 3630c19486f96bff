"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main");
  const VERDICTS = ["stops", "advice", "information", "excepted"];
  const SEVERITIES = ["low", "medium", "high", "critical"];
  const PAGE = 100;
  const BARS = 8;

  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const folders = data.paths.map((path) => path.split("/").slice(0, -1));
  const shared = (a, b) => a.slice(0, a.findIndex((part, idx) => part !== b[idx]) >>> 0);
  const above = folders.length > 0 ? folders.reduce(shared).length : 0;
  const folder = (path) => path.split("/").slice(above, -1).slice(0, 2).join("/") || ".";
  const age = (day) => {
    const days = (Date.parse(data.day) - Date.parse(day)) / 86400000;
    const steps = [[7, "this week"], [31, "this month"], [92, "3 months"], [366, "a year"], [1096, "3 years"]];
    const step = steps.find(([most]) => days <= most);
    return step ? step[1] : "older";
  };

  const rows = data.findings.map((finding) => {
    const rule = data.rules[finding.rule];
    const commit = finding.commit === undefined ? null : data.commits[finding.commit];
    const path = data.paths[finding.path];
    const now = finding.now === undefined ? null : data.standings[finding.now];
    const text = [rule.id, rule.title, path, finding.detail, commit && commit.author, commit && commit.id];
    return {
      finding, rule, commit, path, now,
      keys: {
        rule: rule.id, folder: folder(path),
        author: commit ? commit.author : null, age: commit ? age(commit.day) : null,
        now: now ? now.word : null,
      },
      haystack: text.filter(Boolean).join("\n").toLowerCase(),
    };
  });
  const order = (row) => row.finding.verdict * 10 - row.finding.severity;
  rows.sort((a, b) => order(a) - order(b));

  const state = { words: "", verdicts: new Set([0, 1]), picked: {}, shown: PAGE };
  const passes = (row, without) => state.verdicts.has(row.finding.verdict)
    && (!state.words || state.words.split(/\s+/).every((word) => row.haystack.includes(word)))
    && Object.entries(state.picked).every(([key, value]) => key === without || row.keys[key] === value);

  const plot = (key, title) => {
    const counts = new Map();
    for (const row of rows) {
      if (row.keys[key] !== null && passes(row, key)) counts.set(row.keys[key], (counts.get(row.keys[key]) || 0) + 1);
    }
    if (counts.size === 0 || (counts.size === 1 && state.picked[key] === undefined)) return null;
    const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const most = sorted[0][1];
    const bars = sorted.slice(0, BARS).map(([value, count]) => {
      const bar = element("span", { className: "bar" });
      bar.style.width = `${(100 * count) / most}%`;
      const button = element("button", { type: "button", title: value },
        element("span", { className: "name" }, value), bar, element("span", { className: "count" }, String(count)));
      button.setAttribute("aria-pressed", String(state.picked[key] === value));
      button.onclick = () => {
        if (state.picked[key] === value) delete state.picked[key]; else state.picked[key] = value;
        draw();
      };
      return button;
    });
    const rest = sorted.length - BARS;
    const more = rest > 0 ? [element("p", { className: "small" }, `and ${rest} more`)] : [];
    return element("section", { className: "plot" }, element("h2", {}, title), ...bars, ...more);
  };

  const line = (row) => {
    const { finding, rule, commit, path, now } = row;
    const [before, marked, behind] = finding.excerpt;
    const what = element("td", {}, rule.title, finding.detail ? `: ${finding.detail}` : "",
      element("div", { className: "small" }, `${rule.id} · ${SEVERITIES[finding.severity]}`),
      element("code", { className: "excerpt" }, before, element("mark", {}, marked), behind));
    const where = element("td", {}, element("span", { className: "place" }, `${path}:${finding.line}`));
    if (commit) {
      where.append(element("div", { className: "small" }, `${commit.id} ${commit.subject}`),
        element("div", { className: "small" }, `${commit.author}, `, element("span", { className: "day" }, commit.day)));
    }
    if (now) where.append(element("div", { className: now.word === "still there" ? "small live" : "small" }, now.says));
    const fix = element("td", {}, finding.reason ? `excepted: ${finding.reason}` : finding.fix || rule.fix);
    const verdict = element("td", { className: `v${finding.verdict}` }, VERDICTS[finding.verdict]);
    return element("tr", {}, verdict, where, what, fix);
  };

  const plots = element("div", { className: "plots" });
  const body = element("tbody");
  const count = element("span", { className: "quiet" });
  const picked = element("span");
  const more = element("button", { type: "button", className: "chip more" }, "show more");
  more.onclick = () => { state.shown += PAGE; draw(); };
  const search = element("input", { type: "search", placeholder: "rule, path, author, commit" });
  search.setAttribute("aria-label", "filter");
  search.oninput = () => { state.words = search.value.trim().toLowerCase(); state.shown = PAGE; draw(); };
  const boxes = VERDICTS.map((name, idx) => {
    const box = element("input", { type: "checkbox", checked: state.verdicts.has(idx) });
    box.onchange = () => {
      if (box.checked) state.verdicts.add(idx); else state.verdicts.delete(idx);
      state.shown = PAGE;
      draw();
    };
    const found = rows.filter((row) => row.finding.verdict === idx).length;
    return element("label", {}, box, ` ${name} (${found})`);
  });

  const draw = () => {
    const chosen = rows.filter((row) => passes(row, null));
    const titles = { rule: "By rule", folder: "By folder", author: "By author", age: "By age", now: "Still there?" };
    plots.replaceChildren(...Object.entries(titles).map(([key, title]) => plot(key, title)).filter(Boolean));
    picked.replaceChildren(...Object.entries(state.picked).map(([key, value]) => {
      const chip = element("button", { type: "button", className: "chip" }, `${key}: ${value} ×`);
      chip.onclick = () => { delete state.picked[key]; draw(); };
      return chip;
    }));
    body.replaceChildren(...chosen.slice(0, state.shown).map(line));
    count.textContent = `${chosen.length} of ${rows.length}`;
    more.hidden = chosen.length <= state.shown;
  };

  if (rows.length > 0) {
    const head = element("tr", {}, ...["", "where", "what", "fix"].map((name) => element("th", {}, name)));
    main.append(plots, element("div", { className: "filters" }, search, ...boxes, picked, count),
      element("table", {}, element("thead", {}, head), body), more);
    draw();
  }
})();
