// A chart whose bars open what is behind them; ECharts is fetched only where one is shown.

const $ = (id) => document.getElementById(id);

export function load(address) {
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", done);
    script.addEventListener("error", fail);
    document.head.append(script);
  });
}

const board = $("chart");
const isRightToLeft = document.documentElement.dir === "rtl";
const tones = getComputedStyle(document.documentElement);
const tone = (name) => tones.getPropertyValue(name).trim();

function figure(value, decimals) {
  const [whole, rest] = value.toFixed(decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u2009");
  return rest ? `${grouped}.${rest}` : grouped;
}

function option(data, part) {
  const bars = [...data[part]].sort((a, b) => a.value - b.value);
  const type = tones.getPropertyValue("--type");
  const isNarrow = board.clientWidth < 480;
  return {
    animationDuration: 200,
    aria: { enabled: true },
    textStyle: { fontFamily: type, color: tone("--ink") },
    grid: { left: 8, right: isNarrow ? 24 : 64, top: 8, bottom: 28, containLabel: true },
    tooltip: {
      trigger: "item", renderMode: "richText", confine: true,
      formatter: ({ name, value }) => `${name}\n${figure(value, data.decimals)} ${data.unit}`,
    },
    xAxis: {
      type: "value", name: data.unit, nameLocation: isRightToLeft ? "start" : "end",
      inverse: isRightToLeft, splitLine: { lineStyle: { color: tone("--hairline") } },
      axisLabel: { color: tone("--ink-soft"), formatter: (value) => figure(value, 0), hideOverlap: true },
      nameTextStyle: { color: tone("--ink-soft") },
    },
    yAxis: {
      type: "category", data: bars.map((bar) => bar.name), position: isRightToLeft ? "right" : "left",
      axisTick: { show: false }, axisLine: { lineStyle: { color: tone("--edge") } },
      axisLabel: { color: tone("--ink"), width: isNarrow ? 96 : 160, overflow: "truncate" },
    },
    series: [{
      type: "bar", barMaxWidth: 18, cursor: "pointer",
      data: bars.map((bar) => ({
        value: bar.value, address: bar.address,
        itemStyle: { color: bar.colour || tone("--brand"), borderColor: "#566070", borderWidth: 0.5 },
      })),
    }],
  };
}

async function drawChart() {
  const data = JSON.parse(board.dataset.chart);
  let part = data.classes.length > 0 ? "classes" : "regions";
  if (data[part].length === 0) {
    board.closest("section").hidden = true;
    return;
  }
  await load("/assets/echarts.min.js");
  $("chart-empty")?.remove();
  const chart = window.echarts.init(board, null, { renderer: "canvas" });
  const show = () => {
    board.style.height = `${Math.max(160, 48 + 26 * data[part].length)}px`;
    chart.resize();
    chart.setOption(option(data, part), true);
    board.dataset.shown = part;
  };
  chart.on("click", (event) => { location.href = event.data.address; });
  new ResizeObserver(() => chart.resize()).observe(board);
  const choice = $("chart-choice");
  choice.hidden = data.classes.length === 0 || data.regions.length === 0;
  choice.querySelectorAll("button").forEach((button) => button.addEventListener("click", () => {
    part = button.dataset.chartOf;
    choice.querySelectorAll("button").forEach((other) => {
      other.setAttribute("aria-pressed", String(other === button));
    });
    show();
  }));
  show();
}

export function showChart() {
  if (board) drawChart().catch(() => { board.dataset.shown = "failed"; });
}
