/// The doors of OGC API and of the older services.
extension AccessChannel {
  static let ogc: [String: [AccessChannel]] = [
    "GET /ogc": [.listing(["/ogc", "/ogc/?f=html&lang=en"])],
    "GET /ogc/api": [.listing(["/ogc/api"])],
    "DELETE /ogc/collections/{id}/items/{feature}": [
      .sent("/ogc/collections/matrix-public/items/x", type: geoJSON, body: "")
    ],
    "DELETE /ogc/jobs/{jobId}": [.sent("/ogc/jobs/none", type: geoJSON, body: "")],
    "GET /ogc/collections": [
      .listing([
        "/ogc/collections", "/ogc/collections?f=html", "/ogc/collections?datetime=2024-06-01",
      ])
    ],
    "GET /ogc/collections/catalogue": [
      .listing(["/ogc/collections/catalogue", "/ogc/collections/catalogue?f=html&lang=en"])
    ],
    "GET /ogc/collections/catalogue/items": [
      .listing([
        "/ogc/collections/catalogue/items", "/ogc/collections/catalogue/items?f=html",
        "/ogc/collections/catalogue/items?q=canary&bbox=99,29,101,31",
        "/ogc/collections/catalogue/items?datetime=2024-06-01&type=dataset&limit=2",
      ]),
      .dataset(["/ogc/collections/catalogue/items?ids={dataset}"]),
    ],
    "GET /ogc/collections/catalogue/items/{record}": [
      .dataset([
        "/ogc/collections/catalogue/items/{dataset}",
        "/ogc/collections/catalogue/items/{dataset}?f=html&lang=en",
      ])
    ],
    "GET /ogc/collections/{id}": [
      .dataset(["/ogc/collections/{dataset}", "/ogc/collections/{dataset}?f=html&lang=en"])
    ],
    "GET /ogc/collections/{id}/items": [
      .dataset([
        "/ogc/collections/{dataset}/items", "/ogc/collections/{dataset}/items?f=html",
        "/ogc/collections/{dataset}/items?f=csv&datetime=2024-06-01",
        "/ogc/collections/{dataset}/items?bbox=100.005,29,101,31&limit=1&sortby=-number",
        "/ogc/collections/{dataset}/items?datetime=../..&filter=name%20IS%20NOT%20NULL&limit=1",
        "/ogc/collections/{dataset}/items?filter=NOT%20S_WITHIN(geometry,BBOX(1,1,2,2))",
      ]),
      .attribute([
        "/ogc/collections/{dataset}/items?filter={attribute}%20IS%20NULL",
        "/ogc/collections/{dataset}/items?sortby=-{attribute}",
        "/ogc/collections/{dataset}/items?properties={attribute}",
      ]),
    ],
    "GET /ogc/collections/{id}/items/{feature}": [
      .feature([
        "/ogc/collections/{dataset}/items/{feature}",
        "/ogc/collections/{dataset}/items/{feature}?f=html",
      ])
    ],
    "GET /ogc/collections/{id}/queryables": [
      .dataset([
        "/ogc/collections/{dataset}/queryables", "/ogc/collections/{dataset}/queryables?f=html",
      ])
    ],
    "GET /ogc/collections/{id}/schema": [
      .dataset(["/ogc/collections/{dataset}/schema", "/ogc/collections/{dataset}/schema?f=html"])
    ],
    "GET /ogc/conformance": [.listing(["/ogc/conformance", "/ogc/conformance?f=html"])],
    "GET /ogc/collections/{id}/tiles": [.dataset(["/ogc/collections/{dataset}/tiles"])],
    "GET /ogc/collections/{id}/tiles/{tileMatrixSetId}": [
      .dataset([
        "/ogc/collections/{dataset}/tiles/WebMercatorQuad",
        "/ogc/collections/{dataset}/tiles/CGCS2000Quad?f=tilejson",
      ])
    ],
    "GET /ogc/collections/{id}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": [
      .dataset([
        "/ogc/collections/{dataset}/tiles/WebMercatorQuad/10/422/796",
        "/ogc/collections/{dataset}/tiles/WebMercatorQuad/6/26/49?datetime=2024-06-01",
        "/ogc/collections/{dataset}/tiles/CGCS2000Quad/10/341/1592?recorded=3",
      ])
    ],
    "GET /ogc/jobs": [.listing(["/ogc/jobs", "/ogc/jobs?f=html&status=accepted"])],
    "GET /ogc/jobs/{jobId}": [.own(["/ogc/jobs/{process}", "/ogc/jobs/{process}?f=html"])],
    "GET /ogc/jobs/{jobId}/results": [.own(["/ogc/jobs/{process}/results"])],
    "GET /ogc/processes": [.listing(["/ogc/processes", "/ogc/processes?f=html"])],
    "GET /ogc/processes/{processId}": [
      .listing([
        "/ogc/processes/compliance-check", "/ogc/processes/diff?f=html",
        "/ogc/processes/coverage-check",
      ])
    ],
    "GET /ogc/styles": [.listing(["/ogc/styles"])],
    "GET /ogc/styles/{styleId}": [
      .dataset(["/ogc/styles/{dataset}"]), .listing(["/ogc/styles/-"]),
    ],
    "GET /ogc/styles/{styleId}/metadata": [
      .dataset(["/ogc/styles/{dataset}/metadata"]), .listing(["/ogc/styles/-/metadata"]),
    ],
    "GET /ogc/wfs": [
      .listing([wfs + "request=GetCapabilities", wfs + "request=DescribeFeatureType"]),
      .dataset([
        wfs + "request=GetFeature&typeNames={dataset}",
        wfs + "request=GetFeature&typeNames={dataset}&outputFormat=application/json&startIndex=1",
        wfs + "request=GetFeature&typeNames={dataset}&resultType=hits&TIME=2024-06-01",
        wfs + "request=DescribeFeatureType&typeNames=karez:{dataset}",
      ]),
      .feature([
        wfs + "request=GetFeature&storedQuery_id=urn:ogc:def:query:OGC-WFS::GetFeatureById"
          + "&id={dataset}.{feature}"
      ]),
      .attribute([
        wfs + "request=GetFeature&typeNames={dataset}&propertyName={attribute}",
        wfs + "request=GetFeature&typeNames={dataset}&filter=%3CFilter%3E%3CPropertyIsNull%3E"
          + "%3CValueReference%3E{attribute}%3C/ValueReference%3E%3C/PropertyIsNull%3E%3C/Filter%3E",
      ]),
    ],
    "GET /ogc/wms": [
      .listing(["/ogc/wms?service=WMS&request=GetCapabilities"]),
      .dataset([
        wms + "request=GetMap&layers={dataset}&format=image/png&" + frame,
        wms + "request=GetMap&layers={dataset}&format=image/png&TIME=2024-06-01&" + frame,
        wms + "request=GetFeatureInfo&layers={dataset}&query_layers={dataset}&i=16&j=16"
          + "&feature_count=5&info_format=text/html&" + frame,
        wms + "request=GetFeatureInfo&layers={dataset}&query_layers={dataset}&i=48&j=16"
          + "&feature_count=5&info_format=application/json&" + frame,
        wms + "request=GetLegendGraphic&layer={dataset}",
      ]),
    ],
    "GET /ogc/wmts": [
      .listing(["/ogc/wmts?service=WMTS&request=GetCapabilities"]),
      .dataset([
        "/ogc/wmts?service=WMTS&request=GetTile&layer={dataset}&tilematrixset=w&tilematrix=10"
          + "&tilerow=422&tilecol=796"
      ]),
    ],
    "GET /ogc/wmts/1.0.0/WMTSCapabilities.xml": [
      .listing(["/ogc/wmts/1.0.0/WMTSCapabilities.xml"])
    ],
    "GET /ogc/wmts/1.0.0/{layer}/{style}/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}": [
      .dataset(["/ogc/wmts/1.0.0/{dataset}/default/c/11/341/1592?recorded=3"])
    ],
    "GET /ogc/tileMatrixSets": [.listing(["/ogc/tileMatrixSets"])],
    "GET /ogc/tileMatrixSets/{tileMatrixSetId}": [
      .listing(["/ogc/tileMatrixSets/WorldCRS84Quad"])
    ],
    "OPTIONS /ogc/collections/{id}/items": [
      .sent("/ogc/collections/matrix-public/items", type: geoJSON, body: "")
    ],
    "OPTIONS /ogc/collections/{id}/items/{feature}": [
      .sent("/ogc/collections/matrix-public/items/x", type: geoJSON, body: "")
    ],
    "PATCH /ogc/collections/{id}/items/{feature}": [
      .sent(
        "/ogc/collections/matrix-public/items/x", type: "application/merge-patch+json",
        body: "{\"properties\":{\"name\":\"x\"}}")
    ],
    "PUT /ogc/collections/{id}/items/{feature}": [
      .sent(
        "/ogc/collections/matrix-public/items/x", type: geoJSON,
        body: "{\"type\":\"Feature\",\"geometry\":\(square),\"properties\":{}}")
    ],
    "POST /ogc/collections/{id}/items": [
      .sent(
        "/ogc/collections/matrix-public/items", type: geoJSON,
        body: "{\"type\":\"Feature\",\"geometry\":\(square),\"properties\":{}}")
    ],
    "POST /ogc/processes/{processId}/execution": [
      .sent(
        "/ogc/processes/compliance-check/execution", type: "application/json",
        body: "{\"inputs\":{\"boundary\":\(square)}}"),
      .sent(
        "/ogc/processes/coverage-check/execution", type: "application/json",
        body: "{\"inputs\":{\"dataset\":\"matrix-public\"}}"),
      .sent(
        "/ogc/processes/diff/execution", type: "application/json",
        body: "{\"inputs\":{\"dataset\":\"matrix-public\",\"from\":\"2023-06-01\","
          + "\"to\":\"2025-06-01\",\"geometry\":true}}"),
    ],
  ]
}
