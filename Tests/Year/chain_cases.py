"""Projects whose days were counted by hand, and chains put wrong on purpose."""

import copy
from datetime import date

from chains import Project, faults


def act(on, what, **more):
    return {"on": on, "act": what, **more}


def licence(opened, accepted, *rest):
    return [act(opened, "open"), move(accepted, "accept"), *rest]


def move(on, transition):
    return act(on, "move", transition=transition, fired=False)


def decided(on, issued=None, review="review"):
    return [move(on, review), move(on, "grant")] + ([move(issued, "issue")] if issued else [])


def joint(day, granted, issued=None):
    """The joint review of a site, and its decision."""
    made = [move(day, "split")]
    made += [move(day, f"opinion-{one}") for one in ("planning", "land", "ecology")]
    made += [act(day, "move", transition="join", fired=True)]
    return made + [move(granted, "grant")] + ([move(issued, "issue")] if issued else [])


def block(day, way, contract):
    """A block on the day of its review, to the contract over it; what was granted by agreement."""
    made = [act(day, "open"), move(day, "split")]
    made += [move(day, f"opinion-{one}") for one in ("planning", "ecology", "resource")]
    made += [act(day, "move", transition="join", fired=True), move(day, "release"), move(day, way)]
    return made + [act(contract, "move", transition="publicity-over", fired=True),
                   move(contract, "sign-contract")]


# chain, today, limit, cases, outside, left out; used, left, reached; what some steps stand at.
PROJECTS = [
    # 选址 3/3–6 4, 9–13 9, 16 10; 等申请人 3/17–23 不计; 用地 3/24–27 14, 30–4/1 17.
    ("one after the other", "allocation", "2026-04-02", 30,
     {"site-selection": licence("2026-03-02", "2026-03-02", *joint("2026-03-05", "2026-03-16", "2026-03-17")),
      "land-permit": licence("2026-03-23", "2026-03-23", *decided("2026-04-01", "2026-04-02"))},
     ["project-approval"], ["conversion", "temporary-land", "survey-results"],
     (17, 13, None),
     {"site-selection": "done", "land-permit": "done", "works-permit": "ready",
      "construction-licence": "works-permit is not decided",
      "completion": "works-permit is not decided; construction-licence is not there"}),
    # 选址 3/3–13 9; 用地 3/10–20, 与前者相叠的 10–13 只计一次: 16–20 14. 次序不对, 但日数照计.
    ("two at once count once", "allocation", "2026-03-31", 30,
     {"site-selection": licence("2026-03-02", "2026-03-02", *joint("2026-03-05", "2026-03-13", "2026-03-13")),
      "land-permit": licence("2026-03-09", "2026-03-09", *decided("2026-03-20"))},
     ["project-approval"], ["conversion"], (14, 16, None), {"land-permit": "running"}),
    # 选址 3/3–6 4, 听证 3/7–20 不计; 其间用地 3/10–13 8; 选址 3/23–27 13.
    ("one stands still while the other runs", "allocation", "2026-03-31", 30,
     {"site-selection": licence(
         "2026-03-02", "2026-03-02", act("2026-03-06", "pause", reason="hearing"),
         act("2026-03-20", "resume", reason="hearing"), *joint("2026-03-20", "2026-03-27", "2026-03-27")),
      "land-permit": licence("2026-03-09", "2026-03-09", *decided("2026-03-13"))},
     ["project-approval"], ["conversion"], (13, 17, None), {"site-selection": "done"}),
    # 选址 9/15–18 4, 20日班 5, 21–24 9; 用地 9/29 10, 30 11, 10/8–9 13, 10六班 14, 12 15;
    # 还有十五日: 13–16 4, 19–23 9, 26–30 14, 11/2 15.
    ("over the National Day, and still running", "allocation", "2026-10-12", 30,
     {"site-selection": licence("2026-09-14", "2026-09-14", *joint("2026-09-16", "2026-09-24", "2026-09-24")),
      "land-permit": licence("2026-09-28", "2026-09-28")},
     ["project-approval"], ["conversion"], (15, 15, date(2026, 11, 2)),
     {"land-permit": "running", "works-permit": "land-permit is not decided"}),
    # 3/3–6 4; 9–13 9; 16–20 14; 23–27 19; 30–4/3 24; 4–6 清明; 7–10 28; 13 29; 14 30; 15–17 33; 20 34.
    ("more than was promised", "allocation", "2026-04-30", 30,
     {"site-selection": licence("2026-03-02", "2026-03-02", *joint("2026-03-05", "2026-04-20"))},
     [], [], (34, -4, date(2026, 4, 14)), {"site-selection": "running",
                                            "project-approval": "site-selection is not decided"}),
    # 选址意见书 2023/3/17 发出, 三年至 2026/3/17二; 18日已过期. 2023: 3/3 1, 6–10 6, 13–16 10.
    ("an opinion that is no longer valid", "allocation", "2026-03-18", 120,
     {"site-selection": licence("2023-03-02", "2023-03-02", *joint("2023-03-06", "2023-03-16", "2023-03-17"))},
     ["project-approval"], [], (10, 110, None),
     {"conversion": "site-selection is no longer valid", "project-approval": "done"}),
    # 同一意见书, 最后一日仍有效.
    ("an opinion on its last day", "allocation", "2026-03-17", 120,
     {"site-selection": licence("2023-03-02", "2023-03-02", *joint("2023-03-06", "2023-03-16", "2023-03-17"))},
     ["project-approval"], [], (10, 110, None), {"conversion": "ready"}),
    # 出让: 用地 2/3–6 4, 9–13 9, 14六班 10, 15–23 春节, 24 11. 没有选址意见书这一步.
    ("granted land", "grant", "2026-02-28", 30,
     {"land-permit": licence("2026-02-02", "2026-02-02", *decided("2026-02-24", "2026-02-25"))},
     ["land-contract", "project-approval"], ["conversion", "survey-results"], (11, 19, None),
     {"works-permit": "ready", "completion": "works-permit is not decided; construction-licence is not there"}),
    # 公示 7/8–21 十日; 登记 9/1, 五年至 2030/9/1日, 顺延至 2一: 当日仍可转采矿权, 3日已消灭.
    *[(f"a right of five years, {day}", "mining", day, 30,
       {"exploration-right": block("2025-07-07", "publish-agreement", "2025-07-22")
        + [move("2025-08-04", "apply-for-registration"), move("2025-09-01", "register")],
        "exploration-plan": licence("2025-10-09", "2025-10-09", *decided("2025-10-13", "2025-10-14"))},
       [], [], (0, 30, None), {"exploration-right": "done", "exploration-plan": "done",
                               "mining-right": stands, "mine-land": "mining-right is not decided"})
      for day, stands in (("2030-09-02", "ready"),
                          ("2030-09-03", "exploration-right is no longer valid"))],
]


def wrong(file):
    """Chains put wrong, and what must then be said."""
    def changed(change):
        other = copy.deepcopy(file)
        change(other)
        return other
    steps = lambda other: other["chains"][0]["steps"]
    return [
        (changed(lambda o: steps(o)[0].update(procedure="administrative-procedure/none")), "no procedure"),
        (changed(lambda o: steps(o).reverse()), "does not come before it"),
        (changed(lambda o: steps(o)[2]["needs"][0].update(decision=["fly"])), "has no decision fly"),
        (changed(lambda o: steps(o)[2]["needs"][0].update(within="fly")), "has no clock fly"),
        (changed(lambda o: steps(o)[2]["needs"][1].update(fills="fly")), "no document fly"),
        (changed(lambda o: steps(o)[0].update(counts=["fly"])), "no clock fly"),
        (changed(lambda o: o.update(apart=[])), "stands in no chain"),
        (changed(lambda o: o["limit"].update(promised="130")), "more is promised"),
        (changed(lambda o: steps(o)[0].update(stage="fly")), "no stage fly"),
        (changed(lambda o: o["chains"][0].update(counted=False)), "no limit counts it"),
    ]


def test(file, packs):
    failed = 0
    chains = {one["id"]: one for one in file["chains"]}
    for name, chain, today, limit, cases, outside, left_out, usage, stands in PROJECTS:
        project = Project(
            chains[chain], cases, packs, date.fromisoformat(today), outside, left_out)
        said = [f"{step}: {fault}" for step, case in project.cases.items() for fault in case.faults]
        found, standing = project.usage(limit), project.standing()
        if found != usage:
            said.append(f"by hand {usage}, counted {found}")
        said += [f"{step} is {standing[step]}, by hand {expected}"
                 for step, expected in stands.items() if standing[step] != expected]
        failed += bool(said)
        print("\n".join(f"{name}: {line}" for line in said) or f"ok {name}")
    for other, expected in wrong(file):
        if expected not in "\n".join(faults(other, packs)):
            failed += 1
            print(f"a chain put wrong was not found out: {expected}")
    print(f"{len(PROJECTS)} projects counted by hand, {len(wrong(file))} chains put wrong: {failed} failed")
    return failed
