charts.start(paper => charts.data.plots.forEach(plot => charts.plot(plot, paper)));
